//! What every operation of the document must have.

use std::collections::BTreeSet;

use serde_json::Value;

fn operations() -> Vec<(String, Value)> {
    let document = serde_json::to_value(crate::app::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((format!("{method} {path}"), operation.clone()));
        }
    }
    assert!(operations.len() > 15, "{} operations", operations.len());
    operations
}

#[test]
fn every_operation_is_named_described_and_secured() {
    let mut ids = BTreeSet::new();
    for (name, operation) in operations() {
        for field in ["operationId", "summary", "description"] {
            assert!(operation[field].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {field}");
        }
        assert!(ids.insert(operation["operationId"].to_string()), "{name} shares its id");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        assert!(operation["security"].is_array(), "{name}");
    }
}

#[test]
fn every_tag_is_described() {
    let known: Vec<_> = super::TAGS.iter().map(|(name, _)| *name).collect();
    for (name, operation) in operations() {
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(known.contains(&tag), "{name}: {tag}");
    }
}

#[test]
fn every_success_with_a_body_has_an_example_and_every_operation_its_problems() {
    for (name, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('2')) {
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                let has_example = !content["example"].is_null() || content["examples"].is_object();
                assert!(has_example, "{name} {status} {media_type} has no example");
            }
        }
        assert!(responses.contains_key("405") && responses.contains_key("500"), "{name}");
        if name.contains('{') {
            assert!(responses.contains_key("404"), "{name}");
        }
    }
}

#[test]
fn every_parameter_is_described() {
    for (name, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let described = parameter["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{name}: {}", parameter["name"]);
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(crate::app::document()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
