//! S1, for strangers: what belongs to one reseller is to any other like what does not exist.
//!
//! The operations, the ids they take and the bodies they are sent come from the document that the server publishes, and the
//! ids to try from what the owner itself can read: a new operation is covered, or fails for want of something to try.

use std::collections::{BTreeMap, BTreeSet};

use api::features::accounts::service as accounts;
use api::features::renewals::service::tick;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use shared::dto::session::LogInRequest;
use shared::paths;
use shared::vocab::{Permission, Role};
use tests::app::PASSWORD;
use tests::shop::new_key;
use tests::{Caller, Engine};

use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, at, engines};

/// No answer says anything about what is somebody else's.
pub const PROOF: Proof = Proof {
    id: "S1",
    claim: "every operation of the document that takes an id answers another reseller's member and key about a foreign one \
            byte for byte as about one that does not exist, and no other answer to them holds a foreign id",
    run: |report, size| tests::block_on(run(report, size)),
};

/// Letters of an id after its prefix.
const LETTERS: usize = 26;
/// What people note on a day.
const NOTES: &str = "/api/v1/notes";
const NOBODYS: &str = "01k4kneba5pr8v6j2c0d3f7g9h";
/// Of the catalogue, which all resellers see.
const SHARED: [&str; 2] = ["prd", "prc"];

async fn run(report: &mut Report, _: Size) {
    for engine in engines() {
        look(report, engine).await;
    }
}

/// An operation, as the document has it.
#[derive(Debug)]
struct Operation {
    name: String,
    method: Method,
    path: String,
    /// Placeholders in the path that are ids, each with the prefix it has.
    in_path: Vec<(String, String)>,
    /// A parameter of the query that is one.
    in_query: Option<(String, String)>,
    /// What else the query has to say.
    beside: &'static str,
    body: Option<Value>,
}

/// What else must be said of an operation before it looks at ids: (path, the same with a word that goes with them, query).
const BESIDE: [(&str, &str, &str); 1] =
    [("/api/v1/explanations/{figure}", "/api/v1/explanations/active_users", "&from=2026-11-01&to=2026-11-20")];

impl Operation {
    fn takes_ids(&self) -> bool {
        let in_body = self.body.as_ref().is_some_and(|body| !ids_in(&body.to_string()).is_empty());
        in_body || !self.in_path.is_empty() || self.in_query.is_some()
    }

    /// Asked about these ids, by prefix.
    async fn ask(&self, caller: &Caller, ids: &BTreeMap<String, String>) -> (u16, String) {
        let mut path = self.path.clone();
        for (name, prefix) in &self.in_path {
            path = path.replace(&format!("{{{name}}}"), &ids[prefix]);
        }
        if let Some((name, prefix)) = &self.in_query {
            path = format!("{path}?{name}={}{}", ids[prefix], self.beside);
        }
        let body = self.body.as_ref().map(|body| {
            let text = body.to_string();
            let given = ids_in(&text).into_iter().fold(text, |text, id| match ids.get(prefix_of(&id)) {
                Some(other) => text.replace(&id, other),
                None => text,
            });
            ("application/json", given.into_bytes())
        });
        let caller = caller.clone().with_header("if-match", "*").with_header("idempotency-key", &new_key());
        let answer = caller.with_header("x-request-id", "s1").send(self.method.clone(), &path, body).await;
        (answer.status.as_u16(), answer.text())
    }
}

/// What is asked for a reseller: not who somebody is, nor what operators do.
fn operations(document: &Value) -> Vec<Operation> {
    let is_id = |schema: &Value| {
        let schema = schema.get("items").unwrap_or(schema);
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        let pattern = document["components"]["schemas"][name]["pattern"].as_str()?;
        Some(pattern.trim_start_matches('^').split_once('_')?.0.to_owned())
    };
    let mut found = Vec::new();
    // Where a part of a path is no id, one of the words it may be.
    let word = |parameter: &Value| {
        let name = parameter["schema"]["$ref"].as_str()?.rsplit('/').next()?;
        let schema = &document["components"]["schemas"][name];
        let known = schema["enum"].get(0).or_else(|| schema["examples"].get(0)).unwrap_or(&schema["example"]);
        Some((format!("{{{}}}", parameter["name"].as_str()?), known.as_str()?.to_owned()))
    };
    for (path, item) in document["paths"].as_object().unwrap() {
        let is_other = ["/session", "/one-time-links", "/operator"].iter().any(|part| path.contains(part));
        for (method, operation) in item.as_object().unwrap() {
            let (false, Ok(method)) = (is_other, method.to_uppercase().parse::<Method>()) else { continue };
            let ids = |place: &str| -> Vec<(String, String)> {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let here = parameters.filter(|parameter| parameter["in"] == place);
                here.filter_map(|it| Some((it["name"].as_str()?.to_owned(), is_id(&it["schema"])?))).collect()
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let words = parameters.filter(|it| it["in"] == "path" && is_id(&it["schema"]).is_none()).filter_map(word);
            let (path, beside) = match BESIDE.iter().find(|(of, ..)| of == path) {
                Some((_, path, beside)) => ((*path).to_owned(), *beside),
                None => (words.fold(path.clone(), |path, (place, word)| path.replace(&place, &word)), ""),
            };
            let body = &operation["requestBody"]["content"]["application/json"];
            let one = |in_query: Option<(String, String)>| Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.clone(),
                path: path.clone(),
                in_path: ids("path"),
                in_query,
                beside,
                body: body.is_object().then(|| body.get("example").cloned().unwrap_or_else(|| json!({}))),
            };
            // Filters exclude each other here and there: each is asked alone.
            let filters = ids("query");
            if filters.is_empty() {
                found.push(one(None));
            }
            found.extend(filters.into_iter().map(|filter| one(Some(filter))));
        }
    }
    found
}

fn prefix_of(id: &str) -> &str {
    id.split('_').next().unwrap_or_default()
}

/// Everything in a text that is spelled like an id.
fn ids_in(text: &str) -> BTreeSet<String> {
    let is_letter = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let is_id = |word: &&str| {
        let Some((prefix, rest)) = word.split_once('_') else { return false };
        let is_prefix = (2..=5).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
        is_prefix && rest.len() == LETTERS && rest.as_bytes().iter().all(is_letter)
    };
    words.filter(is_id).map(str::to_owned).collect()
}

/// Somebody with everything there is to read: a renewal that failed, a top-up on its way.
async fn owner(stand: &Stand) -> (Account, Caller) {
    stand.set_time(at("2026-10-22T13:00:00Z"));
    let account = stand.account("Owner", 2_000).await;
    let product = stand.product("writer", 1_500).await;
    let caller = with_key(stand, &account).await;
    let new = json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"});
    caller.post_once(paths::ACTIVATIONS, &new).await.is_done();
    let asked = json!({"amount": {"amount": "7.00", "currency": "EUR"}, "method": "bank_transfer"});
    caller.post_once(paths::TOP_UPS, &asked).await.is_done();
    stand.set_time(at("2026-11-23T13:00:00Z"));
    tick(&stand.db, &stand.clock).await.unwrap();
    (account, caller)
}

async fn with_key(stand: &Stand, account: &Account) -> Caller {
    let id = account.reseller.id;
    let key = accounts::create_api_key(&stand.db, &stand.clock, id, "S1", Permission::ALL).await.unwrap().1;
    Caller::new(&stand.url()).with_header("authorization", &format!("Bearer {}", key.expose_secret()))
}

/// Another reseller's key and member, who have something of their own.
async fn strangers(stand: &Stand) -> [(&'static str, Caller); 2] {
    let account = stand.account("Stranger", 5_000).await;
    let new = accounts::NewMember {
        email: "stranger@example.com".to_owned(),
        name: "Stranger".to_owned(),
        role: Role::Owner,
        password: Some(SecretString::from(PASSWORD)),
    };
    accounts::create_member(&stand.db, &stand.clock, account.reseller.id, new).await.unwrap();
    let member = Caller::new(&stand.url());
    let log_in = LogInRequest { email: "stranger@example.com".to_owned(), password: PASSWORD.to_owned() };
    member.post(paths::SESSION, &log_in).await.is_done();
    [("key", with_key(stand, &account).await), ("member", member)]
}

async fn look(report: &mut Report, engine: Engine) {
    let stand = Stand::inside(engine, 1).await;
    let (account, owner) = owner(&stand).await;
    let strangers = strangers(&stand).await;
    let document: Value = owner.read(paths::OPENAPI).await;
    if document["paths"][NOTES].is_object() {
        let note = json!({"on": "2026-11-20", "text": "Newsletter", "visibility": "team"});
        owner.post_once(NOTES, &note).await.is_done();
    }
    let operations = operations(&document);
    let is_list = |operation: &&Operation| operation.method == Method::GET && operation.in_path.is_empty();
    // What the owner can read of its own, one of each kind to try.
    let mut secret = BTreeSet::new();
    for list in operations.iter().filter(is_list) {
        secret.extend(ids_in(&owner.get(&list.path).await.text()));
    }
    let mut foreign: BTreeMap<String, String> = BTreeMap::new();
    for id in &secret {
        foreign.entry(prefix_of(id).to_owned()).or_insert_with(|| id.clone());
    }
    secret.retain(|id| !SHARED.contains(&prefix_of(id)));
    report.check(secret.len() > 5, format!("{engine:?}: the owner has only {secret:?}"));
    let missing: BTreeMap<String, String> = foreign
        .iter()
        .map(|(prefix, id)| {
            let is_shared = SHARED.contains(&prefix.as_str());
            (prefix.clone(), if is_shared { id.clone() } else { format!("{prefix}_{NOBODYS}") })
        })
        .collect();
    let before = (stand.balance(&account).await, owner.get(paths::ACTIVATIONS).await.text());
    let (mut with_ids, mut asked) = (0, 0);
    for operation in &operations {
        let prefixes = operation.in_path.iter().chain(&operation.in_query).map(|(_, prefix)| prefix);
        if let Some(unknown) = prefixes.into_iter().find(|prefix| !foreign.contains_key(*prefix)) {
            report.fail(format!(
                "{engine:?}: nothing of the owner's is called {unknown}_… to try {} with",
                operation.name
            ));
            continue;
        }
        with_ids += usize::from(operation.takes_ids());
        for (who, stranger) in &strangers {
            asked += 1;
            let told = operation.ask(stranger, &foreign).await;
            let mut like_missing = operation.ask(stranger, &missing).await;
            for (prefix, id) in &missing {
                like_missing.1 = like_missing.1.replace(id.as_str(), &foreign[prefix]);
            }
            let name = format!("{engine:?}: {} by a stranger's {who}", operation.name);
            let given = operation.takes_ids();
            report.check(!given || told == like_missing, format!("{name}: {told:?}, of nobody's {like_missing:?}"));
            let leak = ids_in(&told.1)
                .into_iter()
                .find(|id| secret.contains(id) && !(given && foreign.values().any(|it| it == id)));
            report.check(leak.is_none(), format!("{name} holds {leak:?}"));
            let is_one = !operation.in_path.is_empty();
            report.check(!is_one || told.0 == 404, format!("{name}: {}", told.0));
        }
        if operation.method == Method::GET {
            let (status, _) = operation.ask(&owner, &foreign).await;
            report.check(status == 200, format!("{engine:?}: {} by the owner: {status}", operation.name));
        }
    }
    let after = (stand.balance(&account).await, owner.get(paths::ACTIVATIONS).await.text());
    report.check(before == after, format!("{engine:?}: strangers changed something"));
    report.figure(format!(
        "{engine:?}: {with_ids} of {} operations take ids of {} kinds; {asked} asked by a stranger's key and member",
        operations.len(),
        foreign.len()
    ));
}
