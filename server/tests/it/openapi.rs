//! The contract for programs is what was reviewed.

use crate::{
    kept,
    world::{Ask, World},
};

#[test]
fn the_description_is_the_one_that_was_reviewed() {
    kept::check("openapi.json", &server::http::openapi_json());
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let world = World::installation().await;
    let answer = world.send(Ask::get("/api/v1/openapi.json")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, server::http::openapi_json());
    assert_eq!(answer.header("content-type"), "application/json");
}
