//! Where the articles can be read by everybody: the address that buttons lead to.

use std::str::FromStr;

use url::{Host, Url};

use super::place;
use crate::answer::Quote;

/// The public address of the articles' pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(Url);

/// This is no address that a button can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it looks like https://example.org/articles: http or https, a host with a dot in it (Telegram refuses every message with a button to another), no name and password, no ? and no #"
)]
pub struct SiteError;

impl Site {
    /// Where a quote can be read in its place.
    #[must_use]
    pub fn address(&self, quote: &Quote<'_>) -> String {
        format!("{}/{}", self.0.as_str().trim_end_matches('/'), place(quote))
    }
}

impl FromStr for Site {
    type Err = SiteError;

    fn from_str(address: &str) -> Result<Self, SiteError> {
        let url = Url::parse(address).map_err(|_| SiteError)?;
        let telegram_takes = match url.host() {
            Some(Host::Domain(name)) => name.contains('.'),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        };
        let plain = url.query().is_none() && url.fragment().is_none();
        let open = url.username().is_empty() && url.password().is_none();
        if matches!(url.scheme(), "https" | "http") && telegram_takes && plain && open {
            Ok(Self(url))
        } else {
            Err(SiteError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_telegram_takes_and_to_which_a_path_can_be_added() {
        for good in [
            "https://example.org",
            "https://example.org/a/",
            "http://127.0.0.1:8080/",
            "http://[::1]/",
            "https://مقال.example",
        ] {
            assert!(good.parse::<Site>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "tg://resolve",
            "http://localhost:8080",
            "https://example.org/?a=b",
            "https://example.org/#a",
            "https://me:secret@example.org/",
        ] {
            assert_eq!(bad.parse::<Site>(), Err(SiteError), "{bad}");
        }
    }
}
