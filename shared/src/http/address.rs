//! The client's address, as far as it can be trusted.

use std::net::IpAddr;

use http::{HeaderMap, request::Parts};

/// Put into a request by whoever accepted the connection (the server, or the gateway's event).
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The client's address: the peer, or with `trusted_hops` proxies in front the entry of
/// `X-Forwarded-For` that the outermost trusted one wrote. What a client claims itself never counts.
pub fn client_address(parts: &Parts, trusted_hops: usize) -> Option<String> {
    forwarded(&parts.headers, trusted_hops)
        .or_else(|| parts.extensions.get::<Peer>().map(|peer| peer.0))
        .map(|address| address.to_string())
}

fn forwarded(headers: &HeaderMap, trusted_hops: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let at = entries.len().checked_sub(trusted_hops).filter(|_| trusted_hops > 0)?;
    entries.get(at)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(forwarded_for: &str, trusted_hops: usize) -> Option<String> {
        let request = http::Request::builder().header("x-forwarded-for", forwarded_for);
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(Peer([10, 0, 0, 1].into()));
        client_address(&parts, trusted_hops)
    }

    #[test]
    fn only_the_entry_of_a_trusted_proxy_counts() {
        assert_eq!(address("6.6.6.6, 203.0.113.9", 0).as_deref(), Some("10.0.0.1"));
        assert_eq!(address("6.6.6.6, 203.0.113.9", 1).as_deref(), Some("203.0.113.9"));
        assert_eq!(address("6.6.6.6, 203.0.113.9, 10.1.1.1", 2).as_deref(), Some("203.0.113.9"));
        assert_eq!(address("not an address", 1).as_deref(), Some("10.0.0.1"));
        assert_eq!(address("1.1.1.1", 5).as_deref(), Some("10.0.0.1"));
    }
}
