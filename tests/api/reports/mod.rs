//! `/reports` and `/explanations`: by hand, and against a plain model on random data.

mod by_hand;
mod explained;
mod model;
mod pages;
mod trade;
