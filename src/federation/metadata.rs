//! A SAML identity provider's metadata document (SAML 2.0 Metadata, 2.4.3).
//!
//! Entities are never expanded and a document type is refused, so a document can neither name other files nor grow while it is read.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

const METADATA: Namespace<'static> = Namespace("urn:oasis:names:tc:SAML:2.0:metadata");
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// Elements inside each other: real documents have about eight.
const DEPTH: usize = 64;

/// What a metadata document tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    pub entity_id: String,
    /// Where a browser is sent to sign in, and to sign out.
    pub sign_on: Option<String>,
    pub sign_out: Option<String>,
}

/// Reads a document; `Err` says what is wrong with it.
pub fn read(document: &str) -> Result<Metadata, &'static str> {
    let mut reader = NsReader::from_str(document);
    let mut found = Found::default();
    let mut open: Vec<Element> = Vec::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| "it is not well-formed XML")?;
        match event {
            Event::Start(tag) => {
                let element = found.meet(namespace, &tag, &open)?;
                open.push(element);
                if open.len() > DEPTH {
                    return Err("its elements are nested too deeply");
                }
            }
            Event::Empty(tag) => {
                found.meet(namespace, &tag, &open)?;
            }
            Event::End(_) => {
                open.pop();
            }
            Event::DocType(_) => return Err("it must not have a document type"),
            Event::Eof if open.is_empty() => return found.finish(),
            Event::Eof => return Err("it is not well-formed XML"),
            _ => {}
        }
    }
}

/// What an element is to this reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Entity,
    IdentityProvider,
    Other,
}

#[derive(Default)]
struct Found {
    roots: usize,
    entity_id: Option<String>,
    is_identity_provider: bool,
    sign_on: Option<String>,
    sign_out: Option<String>,
}

impl Found {
    fn meet(&mut self, namespace: ResolveResult<'_>, tag: &BytesStart<'_>, open: &[Element]) -> Result<Element, &'static str> {
        // Every attribute is looked at, since the reader does not do so by itself.
        let attributes = attributes(tag)?;
        self.roots += usize::from(open.is_empty());
        let value = |name: &str| attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        if namespace != ResolveResult::Bound(METADATA) {
            return Ok(Element::Other);
        }
        match (tag.local_name().as_ref(), open) {
            ("EntityDescriptor", []) => {
                self.entity_id = value("entityID").filter(|id| !id.is_empty());
                Ok(Element::Entity)
            }
            ("IDPSSODescriptor", [Element::Entity]) => {
                self.is_identity_provider = true;
                Ok(Element::IdentityProvider)
            }
            (name @ ("SingleSignOnService" | "SingleLogoutService"), [Element::Entity, Element::IdentityProvider]) => {
                let to = if name == "SingleSignOnService" { &mut self.sign_on } else { &mut self.sign_out };
                if to.is_none() && value("Binding").as_deref() == Some(REDIRECT) {
                    *to = value("Location");
                }
                Ok(Element::Other)
            }
            _ => Ok(Element::Other),
        }
    }

    fn finish(self) -> Result<Metadata, &'static str> {
        let entity_id = match self.entity_id {
            Some(id) if self.roots == 1 => id,
            _ => return Err("it has no EntityDescriptor with an entityID at its root"),
        };
        if !self.is_identity_provider {
            return Err("it has no IDPSSODescriptor");
        }
        Ok(Metadata { entity_id, sign_on: self.sign_on, sign_out: self.sign_out })
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, &'static str> {
    let malformed = "it is not well-formed XML";
    let mut out = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| malformed)?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| malformed)?;
        out.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NS: &str = "urn:oasis:names:tc:SAML:2.0:metadata";

    #[test]
    fn the_entity_and_where_it_signs_in() {
        let document = format!(
            r#"<?xml version="1.0"?><md:EntityDescriptor xmlns:md="{NS}" entityID="https://idp.example/a?b=1&amp;c=2"><md:IDPSSODescriptor>
            <md:SingleLogoutService Binding="{REDIRECT}" Location="https://idp.example/out"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/post"/>
            <md:SingleSignOnService Binding="{REDIRECT}" Location="https://idp.example/in"></md:SingleSignOnService>
            </md:IDPSSODescriptor></md:EntityDescriptor>"#
        );
        let expected = Metadata {
            entity_id: "https://idp.example/a?b=1&c=2".into(),
            sign_on: Some("https://idp.example/in".into()),
            sign_out: Some("https://idp.example/out".into()),
        };
        assert_eq!(read(&document), Ok(expected));
        assert!(read(&format!(r#"<EntityDescriptor xmlns="{NS}" entityID="e"><IDPSSODescriptor/></EntityDescriptor>"#)).is_ok());
    }

    #[test]
    fn what_is_no_such_document_is_refused() {
        let (malformed, no_entity) = ("it is not well-formed XML", "it has no EntityDescriptor with an entityID at its root");
        let entity = |inside: &str| format!(r#"<EntityDescriptor xmlns="{NS}" entityID="e">{inside}</EntityDescriptor>"#);
        for (document, what) in [
            (String::new(), no_entity),
            ("metadata".into(), no_entity),
            ("<a>".into(), malformed),
            ("<a></b>".into(), malformed),
            ("<a b=1/>".into(), malformed),
            ("<a b=\"1\" b=\"2\"/>".into(), malformed),
            ("<a b=\"&undeclared;\"/>".into(), malformed),
            (r#"<EntityDescriptor entityID="e"><IDPSSODescriptor/></EntityDescriptor>"#.into(), no_entity),
            (format!(r#"<EntityDescriptor xmlns="{NS}"><IDPSSODescriptor/></EntityDescriptor>"#), no_entity),
            (format!("<a>{}</a>", entity("<IDPSSODescriptor/>")), no_entity),
            (format!("{}<b/>", entity("<IDPSSODescriptor/>")), no_entity),
            (entity("<SPSSODescriptor/>"), "it has no IDPSSODescriptor"),
            (entity("<a><IDPSSODescriptor/></a>"), "it has no IDPSSODescriptor"),
            (format!("<!DOCTYPE a [<!ENTITY x \"y\">]>{}", entity("<IDPSSODescriptor/>")), "it must not have a document type"),
            (entity(&format!("{}{}", "<a>".repeat(80), "</a>".repeat(80))), "its elements are nested too deeply"),
        ] {
            assert_eq!(read(&document), Err(what), "{document}");
        }
    }
}
