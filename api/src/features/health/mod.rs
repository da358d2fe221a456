//! Whether the process runs and whether it can work, for those who host it.

pub mod routes;
