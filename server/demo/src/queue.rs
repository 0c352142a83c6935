//! The sandbox's queue of events: what EventBridge would put there, taken as from SQS.

use domain::{
    estate::Scope,
    limits::{QUEUE_BATCH_MAX, SANDBOX_QUEUE_MAX},
    queues::{QueueMessage, QueueRef},
    time::{SECOND_MS, Timestamp},
};

/// Its name.
const NAME: &str = "lamplighter-events";
/// So long a message that was taken is hidden, as SQS has it when nobody says.
const HIDDEN_MS: i64 = 30 * SECOND_MS;

/// The queue of the estate.
pub(crate) fn queue(scope: &Scope) -> Option<QueueRef> {
    QueueRef::new(scope.clone(), NAME)
}

struct Held {
    message: QueueMessage,
    shown_from: Timestamp,
}

/// Its messages.
#[derive(Default)]
pub(crate) struct Messages {
    held: Vec<Held>,
    sent: u64,
}

impl Messages {
    /// Puts one in; the oldest gives way where there are too many.
    pub fn send(&mut self, body: String, now: Timestamp) {
        self.sent += 1;
        if self.held.len() >= SANDBOX_QUEUE_MAX {
            self.held.remove(0);
        }
        let message = QueueMessage {
            id: format!("message-{}", self.sent),
            receipt: String::new(),
            body,
            takings: 0,
            sent_at: Some(now),
        };
        self.held.push(Held {
            message,
            shown_from: now,
        });
    }

    /// Takes what is not hidden.
    pub fn take(&mut self, now: Timestamp) -> Vec<QueueMessage> {
        let shown = self.held.iter_mut().filter(|held| held.shown_from <= now);
        let taken = shown.take(QUEUE_BATCH_MAX).map(|held| {
            held.message.takings += 1;
            held.message.receipt = format!("{} {}", held.message.id, held.message.takings);
            held.shown_from = now.plus_ms(HIDDEN_MS);
            held.message.clone()
        });
        taken.collect()
    }

    /// Deletes by the receipts of the last taking.
    pub fn delete(&mut self, receipts: &[String]) {
        self.held
            .retain(|held| !receipts.contains(&held.message.receipt));
    }
}
