//! Backups: a copy of the embedded database, consistent while the server runs, and the secrets, in one tar archive that
//! unpacks into a data directory.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbBackend};
use secrecy::ExposeSecret;

use crate::config::{Config, DATABASE_FILE, SettingError};
use crate::server;

/// Why there is no backup. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is there already.
    #[error("{} exists already; name a new file", .0.display())]
    Exists(PathBuf),
    /// Not the embedded database.
    #[error(
        "the database is PostgreSQL, which has tools of its own: back it up with \
         `pg_dump --format=custom --file=resellportal.dump \"$DATABASE_URL\"` (consistent while it runs), and the secrets with \
         `resellportal backup FILE --secrets-only`. Nothing was written"
    )]
    Postgres,
    /// The database cannot be opened.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The database cannot be copied.
    #[error("cannot copy the database: {0}")]
    Copy(#[from] sea_orm::DbErr),
    /// The file cannot be written.
    #[error("cannot write the backup: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes the embedded database and the secrets to a new file, and returns its size.
pub async fn write(config: &Config, target: &Path) -> Result<u64, BackupError> {
    refuse_existing(target)?;
    let copy = copy_database(config, target).await?;
    Ok(archive(config, Some(&copy.0), target)?)
}

/// Writes the secrets alone to a new file, and returns its size.
pub fn write_secrets(config: &Config, target: &Path) -> Result<u64, BackupError> {
    refuse_existing(target)?;
    Ok(archive(config, None, target)?)
}

fn refuse_existing(target: &Path) -> Result<(), BackupError> {
    if target.exists() { Err(BackupError::Exists(target.to_owned())) } else { Ok(()) }
}

/// A file that is gone with this value.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing is lost if it stays, and there is nobody to tell.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    target.with_file_name(name)
}

/// A copy of the embedded database as of one moment; writers go on meanwhile.
async fn copy_database(config: &Config, target: &Path) -> Result<Temporary, BackupError> {
    let db = server::open_database(config).await?;
    if db.backend() != DbBackend::Sqlite {
        return Err(BackupError::Postgres);
    }
    let copy = beside(target, ".database");
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    let copy = Temporary(copy);
    // Made first, so that nobody else can read what is copied into it.
    private_file(&copy.0)?;
    let path = copy.0.to_str().ok_or_else(|| std::io::Error::other("the file's name must be UTF-8"))?;
    let statement = format!("VACUUM INTO '{}'", path.replace('\'', "''"));
    db.pool().execute_unprepared(&statement).await?;
    Ok(copy)
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Packs everything, and gives the archive its name only when it is whole and on the disk.
fn archive(config: &Config, database: Option<&Path>, target: &Path) -> std::io::Result<u64> {
    let partial = Temporary(beside(target, ".partial"));
    let _ = std::fs::remove_file(&partial.0);
    let mut archive = tar::Builder::new(private_file(&partial.0)?);
    if let Some(database) = database {
        let mut file = File::open(database)?;
        append(&mut archive, DATABASE_FILE, file.metadata()?.len(), &mut file)?;
    }
    for (name, secret) in config.secrets.named() {
        let bytes = secret.expose_secret().as_bytes();
        append(&mut archive, &format!("secrets/{name}"), bytes.len() as u64, bytes)?;
    }
    let mut file = archive.into_inner()?;
    file.flush()?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    std::fs::rename(&partial.0, target)?;
    // The name is on the disk once its folder is.
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    Ok(bytes)
}

fn append(archive: &mut tar::Builder<File>, name: &str, size: u64, content: impl std::io::Read) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, content)
}
