//! The address of a PostgreSQL read: what its client understands, and whom to trust, which it leaves to
//! us. Whoever asks for TLS gets the server's certificate and its name checked, whatever the degree; the
//! words for it are those of PostgreSQL's own tools.

use std::error::Error as _;
use std::net::IpAddr;
use std::path::PathBuf;

use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{DatabaseUrl, StoreError};

/// Where a database is, and how the way there is kept secret; not at all on this machine, unless the
/// operator says so.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Address {
    pub(super) fn read(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let url = url.reveal();
        // In the client's other form, `key=value`, the words for whom to trust would not be read.
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|it| url.starts_with(it))
        {
            return Err(StoreError::DatabaseUrl);
        }
        let (rest, roots) = take_roots(url);
        let mut config: Config = rest.parse().map_err(|error| not_understood(&error))?;
        // Nothing on its way through a network may be read, unless the operator says so.
        let is_open = match config.get_ssl_mode() {
            SslMode::Disable => true,
            SslMode::Prefer => roots.is_none() && is_here(&config),
            _ => false,
        };
        let (mode, tls) = match roots {
            _ if is_open => (SslMode::Disable, None),
            Some(file) => (SslMode::Require, Some(trusting(file)?)),
            None => (SslMode::Require, Some(trusting_as_the_system()?)),
        };
        config.ssl_mode(mode);
        Ok(Self { config, tls })
    }
}

/// The address without what its reader does not know, and the file of those who are trusted.
fn take_roots(address: &str) -> (String, Option<PathBuf>) {
    let Some((before, options)) = address.split_once('?') else {
        return (address.to_owned(), None);
    };
    let mut roots = None;
    let kept = options.split('&').filter_map(|option| match option {
        "sslmode=verify-full" | "sslmode=verify-ca" | "sslrootcert=system" => {
            Some("sslmode=require")
        }
        _ => match option.strip_prefix("sslrootcert=") {
            Some(file) => {
                // No blank is meant by a plus here.
                let file = format!("={}", file.replace('+', "%2B"));
                let file = form_urlencoded::parse(file.as_bytes()).next();
                roots = file.map(|(_, file)| PathBuf::from(file.into_owned()));
                None
            }
            None => Some(option),
        },
    });
    let kept = kept.collect::<Vec<_>>().join("&");
    (format!("{before}?{kept}"), roots)
}

/// Only an option is named; any other part may hold a password.
fn not_understood(error: &postgres::Error) -> StoreError {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let is_option =
        |said: &String| said.starts_with("unknown option") || said.contains("`sslmode`");
    Some(said)
        .filter(is_option)
        .map_or(StoreError::DatabaseUrl, StoreError::DatabaseOption)
}

fn trusting_as_the_system() -> Result<MakeRustlsConnect, StoreError> {
    let (tls, _) = MakeRustlsConnect::with_native_certs().map_err(|_| StoreError::NoRoots)?;
    Ok(tls)
}

fn trusting(file: PathBuf) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    let mut read = || {
        for certificate in CertificateDer::pem_file_iter(&file).map_err(|it| it.to_string())? {
            let certificate = certificate.map_err(|it| it.to_string())?;
            roots.add(certificate).map_err(|it| it.to_string())?;
        }
        let none = || "no certificate in it".to_owned();
        (!roots.is_empty()).then_some(()).ok_or_else(none)
    };
    read().map_err(|said| StoreError::RootFile { file, said })?;
    let client = ClientConfig::builder().with_root_certificates(roots);
    Ok(MakeRustlsConnect::new(client.with_no_client_auth()))
}

/// Whether all servers are on this machine. An address goes before the name of the host.
fn is_here(config: &Config) -> bool {
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => {
            let address = name.parse::<IpAddr>();
            name == "localhost" || address.is_ok_and(|it| it.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_trust_is_said_in_the_words_of_postgresql() {
        for (options, rest, roots) in [
            ("", "", None),
            ("sslmode=verify-full", "sslmode=require", None),
            ("a=b&sslmode=verify-ca", "a=b&sslmode=require", None),
            ("sslrootcert=system&a=b", "sslmode=require&a=b", None),
            ("sslmode=disable", "sslmode=disable", None),
            (
                "sslmode=verify-full&sslrootcert=%2Fetc%2Fa+b%20c.pem&a=b",
                "sslmode=require&a=b",
                Some("/etc/a+b c.pem"),
            ),
        ] {
            let taken = take_roots(&format!("postgres://u:secret@h/d?{options}"));
            let wanted = format!("postgres://u:secret@h/d?{rest}");
            assert_eq!(taken, (wanted, roots.map(PathBuf::from)), "{options}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_refused_with_the_way_out() {
        let home = tempfile::tempdir().expect("a folder");
        let file = |name: &str, content: &str| {
            let file = home.path().join(name);
            std::fs::write(&file, content).expect("written");
            format!("sslrootcert={}", file.display())
        };
        for (options, words) in [
            ("sslmode=allow", "sslmode"),
            ("sslcert=/x", "`sslcert`"),
            ("sslrootcert=/nowhere.pem", "/nowhere.pem"),
            (&file("empty.pem", "nothing"), "no certificate in it"),
            (
                &file(
                    "bad.pem",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                ),
                "bad.pem",
            ),
        ] {
            let url = DatabaseUrl::from(&*format!("postgres://u:secret@localhost/d?{options}"));
            let error = Address::read(&url)
                .map(drop)
                .expect_err(options)
                .to_string();
            assert!(error.contains(words), "{error}");
            assert!(error.contains("sslrootcert"), "the way out: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn an_address_begins_as_one() {
        for other in ["host=db user=u sslmode=verify-full", "", "mysql://u@h/d"] {
            let read = Address::read(&DatabaseUrl::from(other)).map(drop);
            assert!(matches!(read, Err(StoreError::DatabaseUrl)), "{other}");
        }
    }

    #[test]
    fn only_the_way_to_another_machine_is_kept_secret_unless_it_is_asked_for() {
        for (place, is_secret) in [
            ("h/d?sslmode=disable", false),
            ("localhost/d", false),
            ("/d?host=/run/postgresql", false),
            ("127.0.0.1/d?sslmode=require", true),
            ("localhost/d?sslmode=verify-full", true),
            ("localhost/d?hostaddr=127.0.0.1", false),
            ("u:p@localhost/d?hostaddr=10.0.0.5", true),
            ("/d?user=u&hostaddr=10.0.0.5", true),
        ] {
            let read = Address::read(&DatabaseUrl::from(&*format!("postgres://{place}")));
            match read {
                Ok(address) => assert_eq!(address.tls.is_some(), is_secret, "{place}"),
                // Whoever trusts nobody has no secrets either.
                Err(StoreError::NoRoots) => assert!(is_secret, "{place}"),
                Err(error) => panic!("{error}"),
            }
        }
    }
}
