//! The published JSON Schema is the one that the code makes.

use std::path::Path;

use regua_core::policy::{Verb, schema};
use serde_json::Value;

#[test]
fn the_committed_schema_is_the_one_that_the_code_makes() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/regua.schema.json");
    let made = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::fs::read_to_string(&committed).ok().as_deref() != Some(made.as_str()) {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("regua.schema.json");
        std::fs::write(&fresh, made).unwrap();
        panic!("the schema has changed: cp {} {}", fresh.display(), committed.display());
    }
}

/// Visits every object of the schema.
fn visit(value: &Value, seen: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            seen(map);
            map.values().for_each(|value| visit(value, seen));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, seen)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_definition_is_described() {
    let schema = schema();
    let defs = schema["$defs"].as_object().unwrap();
    let mut references = 0;
    visit(&schema, &mut |map| {
        if let Some(Value::String(reference)) = map.get("$ref") {
            references += 1;
            assert!(schema.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    });
    assert!(references > 50, "{references}");
    for (name, def) in defs {
        assert!(def["description"].is_string(), "{name}");
        for (key, property) in def["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string() || name == "step", "{name}.{key}");
        }
    }
    for verb in Verb::ALL {
        assert!(defs.contains_key(&format!("step_{verb}")), "{verb}");
    }
}
