//! The extractor that turns a request into an allowed caller.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sea_orm::EntityTrait;
use shared::dto::session::SessionPerson;
use shared::problem::ProblemCode;
use shared::vocab::OperatorId;

use super::policy::Policy;
use super::{Principal, Reseller};
use crate::db::{Db, entity};
use crate::error::Error;

/// An authenticated caller that acts for a reseller and holds the permission of `P`.
#[derive(Debug)]
pub struct Caller<P> {
    principal: Principal,
    reseller: Reseller,
    policy: PhantomData<P>,
}

impl<P> Caller<P> {
    /// The reseller it acts for.
    pub fn reseller(&self) -> &Reseller {
        &self.reseller
    }

    /// The same as it is now: who is calling may be remembered from before a change of its time zone, and what is counted by
    /// its days no longer fits them.
    pub async fn reseller_now(&self, db: &Db) -> Result<Reseller, Error> {
        let row = entity::reseller::Entity::find_by_id(self.reseller.id.0).one(db.pool()).await?;
        row.ok_or_else(Error::not_found)?.try_into()
    }

    /// Everything known about it.
    pub fn into_principal(self) -> Principal {
        self.principal
    }
}

impl<P> Deref for Caller<P> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<P: Policy> FromRequest for Caller<P> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Principal::from_request(request, payload).into_inner().and_then(Self::check))
    }
}

impl<P: Policy> Caller<P> {
    fn check(principal: Principal) -> Result<Self, Error> {
        let Some(reseller) = principal.reseller.clone() else {
            return Err(Error::new(ProblemCode::PermissionDenied, "Operators do not act for a reseller."));
        };
        if let Some(permission) = P::PERMISSION
            && !principal.may(permission)
        {
            return Err(Error::new(ProblemCode::PermissionDenied, format!("This needs the permission {permission}.")));
        }
        Ok(Self { principal, reseller, policy: PhantomData })
    }
}

/// A person who runs the instance. Sees resellers from outside and never acts as one.
#[derive(Debug)]
pub struct Operator {
    principal: Principal,
    id: OperatorId,
}

impl Operator {
    /// Its id.
    pub fn id(&self) -> OperatorId {
        self.id
    }
}

impl Deref for Operator {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl FromRequest for Operator {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let principal = Principal::from_request(request, payload).into_inner();
        ready(principal.and_then(|principal| match principal.person {
            SessionPerson::Operator { id, .. } => Ok(Self { principal, id }),
            _ => Err(Error::new(ProblemCode::PermissionDenied, "Only operators may do this.")),
        }))
    }
}
