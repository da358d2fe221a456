//! `operator`, `reseller`, `member` and `api-key`: who may log in or call.

use std::time::Duration;

use chrono_tz::Tz;
use secrecy::ExposeSecret;
use shared::vocab::{Currency, Role};

use super::arguments::{ApiKeyCommand, DatabaseSettings, MemberCommand, OperatorCommand, ResellerCommand};
use super::{Failure, Workplace, output};
use crate::config::Environment;
use crate::features::accounts::service::{self, LINK_HOURS};
use crate::features::accounts::{Account, NewMember, NewReseller};
use crate::features::usage::labels;
use crate::features::usage::rebuild::{self, Requested, STEP_EVENTS, Step};

/// Until a server's step is looked at again.
const WAIT: Duration = Duration::from_millis(100);

/// `operator …`.
pub async fn operator(command: OperatorCommand, environment: &Environment) -> Result<(), Failure> {
    let OperatorCommand::Create { email, settings } = command;
    let place = Workplace::open(&settings, environment).await?;
    let id = service::create_operator(&place.db, &place.clock, &email).await?;
    output::line(&format!("Operator {email} was added."));
    print_link(&place, Account::Operator(id)).await
}

/// `reseller …`.
pub async fn reseller(command: ResellerCommand, environment: &Environment) -> Result<(), Failure> {
    let (name, currency, time_zone, owner_email, owner_name, settings) = match command {
        ResellerCommand::Create { name, currency, time_zone, owner_email, owner_name, settings } => {
            (name, currency, time_zone, owner_email, owner_name, settings)
        }
        ResellerCommand::SetTimeZone { reseller, time_zone, settings } => {
            return set_time_zone(&reseller, &time_zone, &settings, environment).await;
        }
        ResellerCommand::KeepLabels { reseller, settings } => {
            return keep_labels(&reseller, true, &settings, environment).await;
        }
        ResellerCommand::ForgetLabels { reseller, settings } => {
            return keep_labels(&reseller, false, &settings, environment).await;
        }
    };
    let currency = Currency::from_code(&currency).map_err(|error| Failure::Wrong(format!("--currency: {error}")))?;
    let time_zone = zone(&time_zone)?;
    let place = Workplace::open(&settings, environment).await?;
    if service::find_account(&place.db, &owner_email).await?.is_some() {
        return Err(Failure::Wrong(format!("--owner-email: {owner_email} belongs to an account already")));
    }
    let new = NewReseller { name: name.clone(), currency, time_zone };
    let id = service::create_reseller(&place.db, &place.clock, new).await?;
    let owner_name = owner_name.unwrap_or_else(|| owner_email.split('@').next().unwrap_or_default().to_owned());
    let owner = NewMember { email: owner_email.clone(), name: owner_name, role: Role::Owner, password: None };
    let member_id = service::create_member(&place.db, &place.clock, id, owner).await?;
    output::line(&format!("Reseller {name} was opened: {id}, owner {owner_email}."));
    print_link(&place, Account::Member(member_id)).await
}

fn zone(name: &str) -> Result<Tz, Failure> {
    let wrong = |_| Failure::Wrong(format!("--time-zone: {name:?} is not an IANA time zone such as Europe/Berlin"));
    name.parse().map_err(wrong)
}

async fn set_time_zone(
    reseller: &str,
    time_zone: &str,
    settings: &DatabaseSettings,
    environment: &Environment,
) -> Result<(), Failure> {
    let zone = zone(time_zone)?;
    let place = Workplace::open(settings, environment).await?;
    let reseller = service::get_reseller_by_text(&place.db, reseller).await?;
    if rebuild::request(&place.db, &place.clock, reseller.id, zone).await? == Requested::IsSo {
        output::line(&format!("The time zone of {} is {zone}.", reseller.name));
        return Ok(());
    }
    let mut counted = 0;
    while rebuild::is_under_way(&place.db, reseller.id, zone).await? {
        match rebuild::step(&place.db, &place.clock, reseller.id, STEP_EVENTS).await? {
            Step::Counted(events) => counted += events,
            // A server is at it.
            Step::Idle => tokio::time::sleep(WAIT).await,
            Step::Switched | Step::Dropped | Step::Done => {}
        }
    }
    if service::get_reseller(&place.db, reseller.id).await?.time_zone != zone {
        return Err(Failure::Failed("another time zone was asked for meanwhile".to_owned()));
    }
    output::line(&format!(
        "The time zone of {} is {zone} now; {counted} usage events were counted anew.",
        reseller.name
    ));
    Ok(())
}

async fn keep_labels(
    reseller: &str,
    is_kept: bool,
    settings: &DatabaseSettings,
    environment: &Environment,
) -> Result<(), Failure> {
    let place = Workplace::open(settings, environment).await?;
    let reseller = service::get_reseller_by_text(&place.db, reseller).await?;
    let forgotten = labels::keep_labels(&place.db, reseller.id, is_kept).await?;
    output::line(&if is_kept {
        format!("Names that come with the usage of {} are kept from now on.", reseller.name)
    } else {
        format!("No names of {}'s end users are kept; {forgotten} were removed.", reseller.name)
    });
    Ok(())
}

/// `member …`.
pub async fn member(command: MemberCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        MemberCommand::Create { reseller, email, name, role, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let reseller = service::get_reseller_by_text(&place.db, &reseller).await?;
            let new = NewMember { email: email.clone(), name, role, password: None };
            let id = service::create_member(&place.db, &place.clock, reseller.id, new).await?;
            output::line(&format!("Member {email} was added to {} as {role}.", reseller.name));
            print_link(&place, Account::Member(id)).await
        }
        MemberCommand::Link { email, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let account = service::find_account(&place.db, &email).await?;
            let account = account.ok_or_else(|| Failure::Wrong(format!("--email: there is no account for {email}")))?;
            print_link(&place, account).await
        }
    }
}

/// `api-key …`.
pub async fn api_key(command: ApiKeyCommand, environment: &Environment) -> Result<(), Failure> {
    let ApiKeyCommand::Create { reseller, name, scopes, settings } = command;
    let place = Workplace::open(&settings, environment).await?;
    let reseller = service::get_reseller_by_text(&place.db, &reseller).await?;
    let (id, key) = service::create_api_key(&place.db, &place.clock, reseller.id, &name, &scopes).await?;
    output::line(&format!("Key {name} of {} was made: {id}. It is shown this once:", reseller.name));
    output::line(key.expose_secret());
    Ok(())
}

async fn print_link(place: &Workplace, account: Account) -> Result<(), Failure> {
    let token = service::create_link(&place.db, &place.clock, account).await?;
    let public_url = place.config.public_url_at(place.config.listen);
    output::line(&format!("Set the password here within {LINK_HOURS} hours:"));
    output::line(&service::link_url(&public_url, &token));
    Ok(())
}
