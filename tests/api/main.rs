//! The API from outside: one process, one file for each part of the address space. Tests read as stories.

mod authorization;
mod migrations;
mod one_time_links;
mod session;
mod wrong_input;
