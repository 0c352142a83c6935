//! Comments: what people say to each other about a change request.

use super::{news, seen};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts,
};
use api::changes::CommentView;
use domain::{
    ids::{ChangeId, CommentId},
    limits,
    policy::{Action, Resource},
    text,
};
use serde_json::json;
use store::CommentRow;

/// Says something about a change request, whatever its state.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid` text; `conflict` when there are too many.
pub async fn comment(s: &Services, cx: &Cx, id: ChangeId, text: String) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    let actor = cx.authorize(Action::CommentChange, Resource::In(&row.environment))?;
    let comment = CommentRow {
        id: CommentId::from_parts(cx.now.ms(), s.ids.random()),
        person: actor.person,
        name: actor.name.clone(),
        at: cx.now,
        text: cx.text("text", text::note(&text))?,
    };
    let audit = cx.audit("change.comment", id)?.within(&row.environment);
    let mut tx = s.store.begin().await?;
    let row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    let most = limits::COMMENTS_MAX;
    if tx.read().comment_count(id).await? >= u64::from(most) {
        return Err(cx.conflict(texts::comments_full(cx.lang, most)).into());
    }
    tx.insert_comment(id, &comment).await?;
    let detail = json!({ "comment": comment.id, "note": comment.text });
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[news(&row, row.version)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// For people.
pub(super) fn shown(row: CommentRow) -> CommentView {
    CommentView {
        id: row.id,
        name: row.name,
        at: row.at,
        text: row.text,
    }
}
