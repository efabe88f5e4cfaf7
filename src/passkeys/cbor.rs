//! A strict reader of CBOR (RFC 8949) as authenticators write it (CTAP2 canonical form): no indefinite lengths, no tags, no repeated keys, and
//! nothing nested deep. Numbers in more bytes than they need are taken, since some authenticators write lengths so. What is read borrows from
//! the input.

/// Levels of nesting: an attestation statement has three.
const DEEPEST: usize = 8;
/// Entries of one map: keys are compared with each other.
const LARGEST_MAP: u64 = 64;

#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Integer(i128),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    /// Null, undefined, floating point: nothing here looks into them.
    Other,
}

impl<'a> Value<'a> {
    /// The member of a map with this number as key.
    pub fn at(&self, key: i128) -> Option<&Value<'a>> {
        self.member(&Value::Integer(key))
    }

    /// The member of a map with this name.
    pub fn named(&self, key: &str) -> Option<&Value<'a>> {
        self.member(&Value::Text(key))
    }

    fn member(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        match self {
            Self::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn integer(&self) -> Option<i128> {
        if let Self::Integer(n) = self { Some(*n) } else { None }
    }

    pub fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub fn text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The one item that the input is.
pub fn read(input: &[u8]) -> Option<Value<'_>> {
    read_first(input).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The item that the input begins with, and what follows it.
pub fn read_first(input: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let mut reader = Reader { rest: input };
    let value = reader.value(DEEPEST)?;
    Some((value, reader.rest))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(n).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// The number that goes with an item's first byte.
    fn argument(&mut self, info: u8) -> Option<u64> {
        let width = match info {
            0..=23 => return Some(u64::from(info)),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        Some(self.take(width)?.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 31);
        if major == 7 {
            return self.simple(info);
        }
        let n = self.argument(info)?;
        Some(match major {
            0 => Value::Integer(n.into()),
            1 => Value::Integer(-1 - i128::from(n)),
            2 => Value::Bytes(self.take(n)?),
            3 => Value::Text(std::str::from_utf8(self.take(n)?).ok()?),
            4 => self.array(n, depth.checked_sub(1)?)?,
            5 => self.map(n, depth.checked_sub(1)?)?,
            _ => return None,
        })
    }

    fn simple(&mut self, info: u8) -> Option<Value<'a>> {
        let width = match info {
            20 | 21 => return Some(Value::Bool(info == 21)),
            22 | 23 => 0,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        self.take(width).map(|_| Value::Other)
    }

    /// No room is set aside for what an item merely claims to hold.
    fn array(&mut self, n: u64, depth: usize) -> Option<Value<'a>> {
        let mut items = Vec::new();
        for _ in 0..n {
            items.push(self.value(depth)?);
        }
        Some(Value::Array(items))
    }

    fn map(&mut self, n: u64, depth: usize) -> Option<Value<'a>> {
        if n > LARGEST_MAP {
            return None;
        }
        let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..n {
            let key = self.value(0)?;
            if entries.iter().any(|(other, _)| *other == key) {
                return None;
            }
            entries.push((key, self.value(depth)?));
        }
        Some(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use crate::kit::text::from_hex;
    use proptest::prelude::*;

    #[test]
    fn reads_what_rfc_8949_shows() {
        let read = |hex: &str| format!("{:?}", super::read(&from_hex(hex).unwrap()).unwrap());
        assert_eq!(read("00"), "Integer(0)");
        assert_eq!(read("1818"), "Integer(24)");
        assert_eq!(read("190018"), "Integer(24)");
        assert_eq!(read("1bffffffffffffffff"), "Integer(18446744073709551615)");
        assert_eq!(read("3bffffffffffffffff"), "Integer(-18446744073709551616)");
        assert_eq!(read("3903e7"), "Integer(-1000)");
        assert_eq!(read("4401020304"), "Bytes([1, 2, 3, 4])");
        assert_eq!(read("62c3bc"), "Text(\"ü\")");
        assert_eq!(read("8301820203f5"), "Array([Integer(1), Array([Integer(2), Integer(3)]), Bool(true)])");
        assert_eq!(read("a26161016162820203"), "Map([(Text(\"a\"), Integer(1)), (Text(\"b\"), Array([Integer(2), Integer(3)]))])");
        assert_eq!(read("f93c00"), "Other");
    }

    #[test]
    fn refuses_what_authenticators_do_not_write() {
        for (what, hex) in [
            ("nothing", ""),
            ("more than one item", "0000"),
            ("a number that ends early", "19ff"),
            ("bytes that end early", "450102"),
            ("bytes of a length that no memory has", "5bffffffffffffffff"),
            ("an array longer than the input", "9bffffffffffffffff"),
            ("a map longer than the input", "bb000000010000000000"),
            ("indefinite bytes", "5f4101ff"),
            ("an indefinite map", "bfff"),
            ("a tag", "c001"),
            ("a repeated key", "a201000100"),
            ("a key repeated in another length", "a20100180100"),
            ("a map as a key", "a1a000"),
            ("text that is none", "61ff"),
            ("a reserved length", "1c"),
            ("a break", "ff"),
            ("nesting", "8181818181818181818100"),
        ] {
            assert_eq!(super::read(&from_hex(hex).unwrap()), None, "{what}");
        }
    }

    proptest! {
        #[test]
        fn holds_whatever_comes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = super::read(&bytes);
        }

        #[test]
        fn an_item_is_as_long_as_it_is_read(bytes in prop::collection::vec(any::<u8>(), 0..40), tail in prop::collection::vec(any::<u8>(), 0..8)) {
            if let Some((value, rest)) = super::read_first(&bytes) {
                let length = bytes.len() - rest.len();
                let longer = [&bytes[..length], &tail].concat();
                prop_assert_eq!(super::read_first(&longer), Some((value, &tail[..])));
            }
        }
    }
}
