//! The `ResellPortal` server: HTTP in, SQL out.
//!
//! [`app::build`] makes the app for the server, the tests and the document. Features lie in [`features`], one folder a
//! section of the product; what they share is [`auth`], [`db`], [`http`], [`clock`] and [`error`].

pub mod app;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod features;
pub mod http;
pub mod jobs;
pub mod openapi;
pub mod server;
