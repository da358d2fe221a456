//! The words both sides speak.
//!
//! Pure data: identifiers, money and enumerations ([`vocab`]), request and response types ([`dto`]), the closed list of
//! problem codes ([`problem`]) and every URL ([`paths`]). Compiles to WebAssembly; knows neither the server, the
//! database, nor the time.
#![deny(clippy::float_arithmetic)]

pub mod dto;
pub mod paths;
pub mod problem;
pub mod vocab;
