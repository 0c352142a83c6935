//! The contract for programs is what was reviewed.

use crate::{
    kept,
    world::{Ask, World},
};
use domain::{people::Role, time::DAY_MS};
use serde_json::Value;

#[test]
fn the_description_is_the_one_that_was_reviewed() {
    kept::check("openapi.json", &server::http::openapi_json());
}

#[test]
fn the_description_has_no_links_into_the_sources() {
    let text = server::http::openapi_json();
    let link = text.find("[`").map(|at| &text[at..at + 60]);
    assert_eq!(link, None);
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let world = World::installation().await;
    let answer = world.send(Ask::get("/api/v1/openapi.json")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, server::http::openapi_json());
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_parameter_is_called_required_only_where_its_lack_is_refused() {
    let world = World::installation().await;
    let until = world.h.now().plus_ms(DAY_MS);
    let admin = world.role(Role::Admin);
    let (_, token) = world.token(&admin, Role::Admin, until).await;
    let document: Value =
        serde_json::from_str(&server::http::openapi_json()).expect("a description");
    let is_required =
        |given: &Value| given["in"] == "query" && given["required"] == Value::Bool(true);
    let paths = document["paths"].as_object().expect("paths");
    let demanding: Vec<&String> = paths
        .iter()
        .filter(|(_, methods)| {
            let parameters = methods["get"]["parameters"].as_array();
            parameters.into_iter().flatten().any(is_required)
        })
        .map(|(path, _)| path)
        .collect();
    assert!(!demanding.is_empty());
    for path in demanding {
        let answer = world.send(Ask::get(path).bearer(&token)).await;
        assert_eq!(answer.status, 422, "{path}");
    }
}
