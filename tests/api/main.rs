//! The API from outside: one process, one file for each part of the address space. Tests read as stories.

mod migrations;
