//! Renews an expired session: once per expiry, in one tab at a time.
//!
//! A refresh cookie can be used once; two tabs that both used it would end the session. So renewals wait for a lock that all
//! tabs share, and whoever gets it looks first whether somebody renewed in the meantime.

use std::cell::Cell;

use gloo_net::http::Method;
use js_sys::{Function, Promise, Reflect};
use shared::paths;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{ApiError, transport};

const LOCK: &str = "resellportal-session";
const RENEWED_AT: &str = "resellportal-session-renewed-at";

thread_local! {
    /// When the server last said that the session is over.
    static ENDED_AT: Cell<i64> = const { Cell::new(0) };
}

/// The time of this device in milliseconds, whole: to read and write fractions takes more code than the rest of this file.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole and far below 2^53")]
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Renews the session unless that happened after `sent_at` (milliseconds), the time of the request that was refused.
pub async fn renew(sent_at: i64) -> Result<(), ApiError> {
    let Some(request) = lock_manager() else { return renew_now(sent_at).await };
    // The outcome travels as the promise's own: resolved, or rejected with true where the session is over.
    let work = Closure::once_into_js(move || {
        future_to_promise(async move {
            match renew_now(sent_at).await {
                Ok(()) => Ok(JsValue::UNDEFINED),
                Err(error) => Err(JsValue::from_bool(error == ApiError::SessionEnded)),
            }
        })
    });
    let promise = request.call2(&JsValue::UNDEFINED, &JsValue::from_str(LOCK), &work);
    let Some(promise) = promise.ok().and_then(|promise| promise.dyn_into::<Promise>().ok()) else {
        return renew_now(sent_at).await;
    };
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(ended) if ended.is_truthy() => Err(ApiError::SessionEnded),
        Err(_) => Err(ApiError::Unreachable),
    }
}

/// `navigator.locks.request`, bound; absent on plain http other than localhost.
fn lock_manager() -> Option<Function> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).ok().filter(JsValue::is_truthy)?;
    let request: Function = Reflect::get(&locks, &JsValue::from_str("request")).ok()?.dyn_into().ok()?;
    Some(request.bind0(&locks))
}

async fn renew_now(sent_at: i64) -> Result<(), ApiError> {
    if ENDED_AT.get() > sent_at {
        return Err(ApiError::SessionEnded);
    }
    if renewed_at() > sent_at {
        return Ok(());
    }
    match transport::send(Method::POST, paths::SESSION_REFRESH, None).await {
        Ok(_) => {
            set_renewed_at(now());
            Ok(())
        }
        Err(ApiError::Problem(problem)) if matches!(problem.status, 401 | 403) => {
            ENDED_AT.set(now());
            Err(ApiError::SessionEnded)
        }
        Err(error) => Err(error),
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn renewed_at() -> i64 {
    storage().and_then(|storage| storage.get_item(RENEWED_AT).ok()?).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn set_renewed_at(at: i64) {
    if let Some(storage) = storage() {
        // Without storage other tabs renew once more; the server tolerates that within its grace.
        let _ = storage.set_item(RENEWED_AT, &at.to_string());
    }
}
