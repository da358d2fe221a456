//! `backup`: a copy of the embedded database, consistent while the server runs, and the secrets, in one tar archive that
//! unpacks into a data directory.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbBackend};
use secrecy::ExposeSecret;

use super::arguments::BackupArguments;
use super::{Failure, output};
use crate::config::{Config, DATABASE_FILE, Environment};
use crate::server;

const POSTGRES: &str = "the database is PostgreSQL, which has tools of its own: back it up with \
    `pg_dump --format=custom --file=resellportal.dump \"$DATABASE_URL\"` (consistent while it runs), and the secrets with \
    `resellportal backup FILE --secrets-only`. Nothing was written.";

/// `backup FILE`.
pub async fn run(arguments: &BackupArguments, environment: &Environment) -> Result<(), Failure> {
    let config = arguments.settings.load(environment)?;
    let target = arguments.file.clone();
    if target.exists() {
        return Err(Failure::Wrong(format!("{} exists already; name a new file", target.display())));
    }
    let copy = if arguments.secrets_only { None } else { Some(copy_database(&config, &target).await?) };
    let written = archive(&config, copy.as_ref().map(|copy| copy.0.as_path()), &target);
    let bytes = written.map_err(|error| Failure::Failed(format!("cannot write {}: {error}", target.display())))?;
    let what = if copy.is_some() { "The database and the secrets are" } else { "The secrets (no database) are" };
    output::line(&format!(
        "{what} in {}, {bytes} bytes. Whoever has the file has everything: keep it safe.",
        target.display()
    ));
    Ok(())
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
async fn copy_database(config: &Config, target: &Path) -> Result<Temporary, Failure> {
    let db = server::open_database(config).await?;
    if db.backend() != DbBackend::Sqlite {
        return Err(Failure::Wrong(POSTGRES.to_owned()));
    }
    let copy = beside(target, ".database");
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    let copy = Temporary(copy);
    // Made first, so that nobody else can read what is copied into it.
    private_file(&copy.0)?;
    let path = copy.0.to_str().ok_or_else(|| Failure::Wrong("the file's name must be UTF-8".to_owned()))?;
    let statement = format!("VACUUM INTO '{}'", path.replace('\'', "''"));
    let copied = db.pool().execute_unprepared(&statement).await;
    copied.map_err(|error| Failure::Failed(format!("cannot copy the database: {error}")))?;
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
