//! Takes events from a queue. A message is deleted only after what it tells is in the
//! database, so a kill loses nothing: it comes again, and is known by its key.
//!
//! Several servers may take from one queue at once: no message is in two hands within its
//! visibility time-out, and one that is after all changes nothing the second time.

use crate::{
    Services,
    failure::Outcome,
    queues::{Taken, take_in},
};
use api::system::WorkerReport;
use domain::{limits, queues::QueueRef};

/// One turn: until the queue is empty, within bounds.
pub(super) async fn turn(s: &Services, queue: &QueueRef) -> Outcome<WorkerReport> {
    let (mut kept, mut set_aside, mut left) = (0_u32, 0_u32, 0_u32);
    for _ in 0..limits::QUEUE_BATCHES_PER_TURN_MAX {
        // Each taking counts against a message, so none is taken while the database is away.
        s.store.read().count_set_aside().await?;
        let messages = s.cloud.take_messages(queue).await?;
        let (mut done, mut failed) = (Vec::new(), false);
        for message in &messages {
            match take_in(s, queue, message, s.clock.now()).await {
                Ok(Taken::Kept) => kept += 1,
                Ok(Taken::SetAside) => set_aside += 1,
                Ok(Taken::NoRoom) => {
                    left += 1;
                    continue;
                }
                // It comes again; those beside it must not wait for it.
                Err(failure) => {
                    tracing::error!(queue = %queue, message = %message.id, error = %failure, "a message could not be taken in");
                    left += 1;
                    failed = true;
                    continue;
                }
            }
            done.push(message.receipt.clone());
        }
        if !done.is_empty() {
            s.cloud.delete_messages(queue, &done).await?;
        }
        if failed || messages.len() < limits::QUEUE_BATCH_MAX {
            break;
        }
    }
    Ok(WorkerReport::Took {
        kept,
        set_aside,
        left,
    })
}
