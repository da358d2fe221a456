//! A migration that consists of SQL.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

/// The scripts of a migration and of its way back.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// By which a database knows that it was applied.
    pub name: &'static str,
    /// One after the other.
    pub up: &'static [&'static str],
    /// Back to what was before.
    pub down: &'static str,
}

/// The migration in the folder of this name: these files, and `down.sql`.
macro_rules! script {
    ($name:literal: $($up:literal),+) => {
        Script {
            name: $name,
            up: &[$(include_str!(concat!($name, "/", $up))),+],
            down: include_str!(concat!($name, "/down.sql")),
        }
    };
}
pub(crate) use script;

impl MigrationName for Script {
    fn name(&self) -> &'static str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    /// All of it or nothing, on SQLite too: a process may end at any moment.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for script in self.up {
            dialect::run(manager, script).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, self.down).await
    }
}
