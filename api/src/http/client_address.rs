//! Where a request comes from, for limits by address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use crate::app::State;
use crate::error::Error;

/// The caller's address: of the connection, or as our own proxy tells it. An IPv6 address stands for its whole network,
/// since one customer has a whole network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl FromRequest for ClientAddress {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let behind_proxy = request.app_data::<web::Data<State>>().is_some_and(|state| state.config.behind_proxy);
        std::future::ready(Ok(Self(address_of(request, behind_proxy))))
    }
}

fn address_of(request: &HttpRequest, behind_proxy: bool) -> IpAddr {
    // The last entry is the one our proxy wrote; those before it are whatever the caller claimed.
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = if behind_proxy { forwarded.or(peer) } else { peer };
    match address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(peer: &str, forwarded: Option<&str>) -> HttpRequest {
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        match forwarded {
            Some(value) => request.insert_header(("x-forwarded-for", value)).to_http_request(),
            None => request.to_http_request(),
        }
    }

    fn read(peer: &str, forwarded: Option<&str>, behind_proxy: bool) -> String {
        address_of(&request(peer, forwarded), behind_proxy).to_string()
    }

    #[test]
    fn what_a_caller_claims_counts_only_where_a_proxy_wrote_it() {
        assert_eq!(read("192.0.2.1:5", Some("203.0.113.9"), false), "192.0.2.1");
        assert_eq!(read("192.0.2.1:5", Some("10.9.9.9, 203.0.113.9"), true), "203.0.113.9");
        assert_eq!(read("192.0.2.1:5", Some("nonsense"), true), "192.0.2.1");
        assert_eq!(read("192.0.2.1:5", None, true), "192.0.2.1");
    }

    #[test]
    fn an_ipv6_address_stands_for_its_network() {
        assert_eq!(read("[2001:db8:1:2:3:4:5:6]:5", None, false), "2001:db8:1:2::");
        assert_eq!(read("[::ffff:192.0.2.1]:5", None, false), "192.0.2.1");
    }
}
