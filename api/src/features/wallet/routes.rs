//! `/wallet`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use shared::dto::wallet::{LedgerProof, Wallet};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{NoParameters, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_wallet).service(get_wallet_proof);
}

/// The wallet.
#[utoipa::path(tag = "wallet", operation_id = "get_wallet", summary = "Get the wallet",
    description = "The balance, what renewals will take, and top-ups that wait. Needs `wallet_read`.",
    responses((status = 200, description = "The wallet.", body = Wallet)))]
#[get("/api/v1/wallet")]
async fn get_wallet(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let overview = state.db.read(async |tx| {
        let outlook = state.outlooks.at(tx, reseller, as_of).await?;
        service::overview(tx, reseller, as_of, &outlook).await
    });
    let overview = overview.await?;
    etag::json_of_state(&request, &dto::wallet(reseller, as_of, overview))
}

/// The proof.
#[utoipa::path(tag = "wallet", operation_id = "get_wallet_proof", summary = "Prove the books",
    description = "Reads the whole ledger and checks that it agrees with itself, the wallet, the paid periods and the \
                   top-ups. A difference blocks the wallet until an operator lifts the block. Needs `wallet_read`.",
    responses((status = 200, description = "What was found.", body = LedgerProof)))]
#[get("/api/v1/wallet/proof")]
async fn get_wallet_proof(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let proven = service::prove(&state.db, &state.clock, reseller).await?;
    etag::json_of_state(&request, &dto::proof(reseller, proven))
}
