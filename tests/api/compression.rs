//! What the API sends is compressed for those who take it, and is the same bytes.

use shared::paths;
use shared::vocab::Role;
use std::io::Read as _;
use tests::{TestApp, on_both_databases};

on_both_databases! {
    async fn an_answer_is_compressed_for_those_who_take_it(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Elbe Software").await;
        let caller = app.logged_in(reseller, "mara@elbe.example", Role::Owner).await;
        let path = format!("{}?range=30d", paths::DASHBOARD);
        let plain = caller.get(&path).await;
        assert_eq!(plain.header("content-encoding"), None);

        let compressed = caller.with_header("accept-encoding", "gzip").get(&path).await;
        assert_eq!(compressed.header("content-encoding"), Some("gzip"));
        assert!(compressed.bytes.len() * 2 < plain.bytes.len(), "{} of {}", compressed.bytes.len(), plain.bytes.len());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(compressed.bytes.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.text());
        assert_eq!(compressed.header("etag"), plain.header("etag"));
        assert!(compressed.header("vary").is_some_and(|vary| vary.to_lowercase().contains("accept-encoding")));
    }
}
