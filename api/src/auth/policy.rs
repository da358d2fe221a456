//! Policies as types, so that a handler's signature says who may call it.

use shared::vocab::Permission;

/// What a caller needs.
pub trait Policy: 'static {
    /// The permission; none where being a member, a key or an operator is enough.
    const PERMISSION: Option<Permission>;
}

macro_rules! policies {
    ($($(#[$meta:meta])* $name:ident = $permission:expr),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;

        impl Policy for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )+};
}

policies! {
    /// Whoever acts for a reseller.
    AnyMember = None,
    /// Reads activations and the catalogue.
    ActivationsRead = Some(Permission::ActivationsRead),
    /// Does whatever costs or returns money.
    ActivationsSpend = Some(Permission::ActivationsSpend),
    /// Pauses, and resumes where it is free.
    ActivationsPause = Some(Permission::ActivationsPause),
    /// Reads clients.
    ClientsRead = Some(Permission::ClientsRead),
    /// Adds and edits clients.
    ClientsWrite = Some(Permission::ClientsWrite),
    /// Reads the balance, costs and the ledger.
    WalletRead = Some(Permission::WalletRead),
    /// Requests top-ups.
    WalletTopUp = Some(Permission::WalletTopUp),
    /// Reads active users.
    UsageRead = Some(Permission::UsageRead),
    /// Writes notes.
    NotesWrite = Some(Permission::NotesWrite),
    /// Sends usage events.
    UsageWrite = Some(Permission::UsageWrite),
}
