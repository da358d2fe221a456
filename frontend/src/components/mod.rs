//! Pieces that more than one page uses. They take values and callbacks; none of them asks the server.

mod activation_list;
mod copy;
mod cursor_pager;
pub mod decision;
mod dialog;
mod dynamic;
mod fields;
mod icon;
mod listing;
mod panels;
mod pill;
mod segmented;
mod shell;
pub mod versioned;

pub use activation_list::{ActivationList, SortHeader, time_of};
pub use copy::CopyButton;
pub use cursor_pager::CursorPager;
pub use dialog::{Dialog, keep_focus};
pub use dynamic::dynamic;
pub use fields::{PasswordField, TextField, date_field, focus_field, optional_field};
pub use icon::{brand_mark, icon, sprite};
pub use listing::{NoRows, Stage, TableHead, awaiting, error_line, is_awaited, listing, panel, rows, table};
pub use panels::{Explain, Help, did_not_arrive, empty, error_panel, missing, skeleton_rows};
pub use pill::{cover, pill, short_status_pill, status_pill};
pub use segmented::Segmented;
#[cfg(test)]
pub use shell::warning;
pub use shell::{Shell, focus_search, follow_runway, use_page};
