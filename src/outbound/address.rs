//! Which addresses a request may go to.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the operator allows besides public addresses.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    networks: Vec<IpNet>,
    hosts: Vec<String>,
}

impl Allowed {
    /// Reads entries: a network (`10.0.0.0/8`), an address, or the name of a host, which allows whatever it resolves to.
    pub fn parse(entries: &[String]) -> anyhow::Result<Self> {
        let mut allowed = Self::default();
        for entry in entries.iter().map(|e| e.trim()).filter(|e| !e.is_empty()) {
            if let Ok(network) = entry.parse::<IpNet>() {
                allowed.networks.push(network);
            } else if let Ok(address) = entry.parse::<IpAddr>() {
                allowed.networks.push(address.into());
            } else {
                let is_name = entry.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_'));
                anyhow::ensure!(is_name, "outbound-allow takes networks, addresses and host names, not {entry:?}");
                allowed.hosts.push(entry.trim_end_matches('.').to_ascii_lowercase());
            }
        }
        Ok(allowed)
    }

    /// With these addresses and names of hosts besides.
    pub fn with(mut self, entries: &[String]) -> anyhow::Result<Self> {
        let more = Self::parse(entries)?;
        self.networks.extend(more.networks);
        self.hosts.extend(more.hosts);
        Ok(self)
    }

    /// Whether whatever this host resolves to may be reached.
    pub fn host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }

    /// Whether this address may be reached.
    pub fn address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// Whether an address is one of the internet at large (IANA special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        0 | 10 | 127 => true,
        100 => b & 0xc0 == 64,
        169 => b == 254,
        172 => b & 0xf0 == 16,
        192 => matches!((b, c), (0, 0 | 2) | (88, 99)) || b == 168,
        198 => b & 0xfe == 18 || (b, c) == (51, 100),
        203 => (b, c) == (0, 113),
        _ => a >= 224,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    match (a, b) {
        // NAT64: the address of the other family is inside.
        (0x64, 0xff9b) => embedded(address, 6).is_some_and(is_public_v4) && address.segments()[2..6] == [0; 4],
        // 6to4.
        (0x2002, _) => embedded(address, 1).is_some_and(is_public_v4),
        // Teredo and the rest of the protocol assignments, documentation.
        (0x2001, b) => b >= 0x200 && b != 0xdb8,
        (0x3fff, b) => b >= 0x1000,
        _ => a & 0xe000 == 0x2000,
    }
}

fn embedded(address: Ipv6Addr, at: usize) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let (high, low) = (segments.get(at)?.to_be_bytes(), segments.get(at + 1)?.to_be_bytes());
    Some(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entries: &[&str]) -> Allowed {
        Allowed::parse(&entries.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn only_the_internet_at_large_is_reached() {
        let none = Allowed::default();
        for public in ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "172.32.0.1", "100.128.0.1"] {
            assert!(none.address(public.parse().unwrap()), "{public}");
        }
        let special = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ];
        for address in special {
            assert!(!none.address(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_operator_allows_networks_addresses_and_hosts() {
        let some = allowed(&["10.0.0.0/8", "192.168.1.7", "::1", "Hooks.internal"]);
        assert!(some.address("10.9.9.9".parse().unwrap()) && some.address("::ffff:10.9.9.9".parse().unwrap()));
        assert!(some.address("192.168.1.7".parse().unwrap()) && !some.address("192.168.1.8".parse().unwrap()));
        assert!(some.address("::1".parse().unwrap()) && !some.address("127.0.0.1".parse().unwrap()));
        assert!(some.host("hooks.INTERNAL.") && !some.host("evil.hooks.internal"));
        assert!(Allowed::parse(&["http://x".into()]).is_err());
    }
}
