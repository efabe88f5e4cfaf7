//! The model: each operation's request as shapes that hold each other.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::pattern::Pattern;

/// The operations of `AWSCognitoIdentityProviderService`.
pub static USER_POOLS: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("../model/cognito-idp.json")));

/// The operations of `AWSCognitoIdentityService`.
pub static IDENTITY_POOLS: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("../model/cognito-identity.json")));

/// The operations of `PoolhouseService`, which no model of AWS's knows.
pub static OPERATORS: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("../model/poolhouse.json")));

/// One service's operations and what their requests may look like.
pub struct Model {
    /// What `X-Amz-Target` puts before the dot.
    pub target: &'static str,
    pub(super) operations: BTreeMap<&'static str, Operation>,
}

/// Whether an operation's request carries a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Signature Version 4 is required.
    Signed,
    /// Anyone may call; a signature is not looked at.
    Unsigned,
}

pub(super) struct Operation {
    pub input: Arc<Shape>,
    pub output: Vec<&'static str>,
    pub auth: Auth,
}

/// One shape of a request: what it is and what it must satisfy.
pub(super) struct Shape {
    pub kind: Kind,
    /// Its value, and the values inside, are never repeated in a message.
    pub sensitive: bool,
    /// Something inside is sensitive, so that the value as a whole is not repeated either.
    pub withheld: bool,
}

pub(super) enum Kind {
    Structure(Vec<Member>),
    List {
        item: Arc<Shape>,
        length: Bounds,
    },
    Map {
        key: Arc<Shape>,
        value: Arc<Shape>,
        length: Bounds,
    },
    String(Text),
    Integer {
        value: Bounds,
    },
    Long {
        value: Bounds,
    },
    Boolean,
    Blob {
        length: Bounds,
    },
    /// Any JSON; its owner checks it.
    Document,
}

/// What a string must satisfy. One with `values` is an enumeration.
pub(super) struct Text {
    pub length: Bounds,
    pub pattern: Option<Arc<Pattern>>,
    pub values: Vec<&'static str>,
}

/// The least and greatest length or value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// One member of a structure.
pub struct Member {
    /// As on the wire.
    pub name: &'static str,
    /// It must be there and not `null`.
    pub required: bool,
    pub(super) shape: Arc<Shape>,
}

impl Model {
    /// The operations by name, sorted.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> {
        self.operations.keys().copied()
    }

    /// Whether an operation is called with or without a signature; `None` if there is no such operation.
    pub fn auth(&self, operation: &str) -> Option<Auth> {
        self.operations.get(operation).map(|operation| operation.auth)
    }

    /// The members of an operation's request, in the model's order; empty if there is no such operation.
    pub fn input_members(&self, operation: &str) -> &[Member] {
        match self.input(operation).map(|shape| &shape.kind) {
            Some(Kind::Structure(members)) => members,
            _ => &[],
        }
    }

    /// The members of an operation's answer, in the model's order; empty if there is no such operation.
    pub fn output_members(&self, operation: &str) -> &[&'static str] {
        self.operations.get(operation).map_or(&[], |operation| &operation.output)
    }

    pub(super) fn input(&self, operation: &str) -> Option<&Shape> {
        self.operations.get(operation).map(|operation| &*operation.input)
    }
}

impl Kind {
    /// The shapes that this one is made of.
    pub fn parts(&self) -> impl Iterator<Item = &Shape> {
        let (members, pair): (&[Member], _) = match self {
            Self::Structure(members) => (members, [None, None]),
            Self::List { item, .. } => (&[], [Some(item), None]),
            Self::Map { key, value, .. } => (&[], [Some(key), Some(value)]),
            _ => (&[], [None, None]),
        };
        let members = members.iter().map(|member| &*member.shape);
        members.chain(pair.into_iter().flatten().map(|part| &**part))
    }

    /// Neither a structure nor a list nor a map.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Self::Structure(_) | Self::List { .. } | Self::Map { .. })
    }
}
