//! Limits of telling: channels, routes, silences, messages.

/// Channels that messages about alarms go to.
pub const CHANNELS_MAX: usize = 20;
/// Routes, on all levels together.
pub const ROUTES_MAX: usize = 200;
/// Bytes of routes that are tried.
pub const ROUTES_TEXT_BYTES_MAX: usize = 64 * 1024;
/// Alarms that routes are tried on, those going off first.
pub const ROUTE_TRIAL_ALARMS_MAX: u32 = 5_000;
/// Alarms of which a trial tells one by one what would change.
pub const ROUTE_TRIAL_ROWS_MAX: usize = 200;
/// Instants at which a trial of routes looks.
pub const ROUTE_TRIAL_INSTANTS_MAX: usize = 24;
/// Trials of routes at the same time; others wait.
pub const ROUTE_TRIALS_AT_ONCE_MAX: usize = 1;
/// How long they wait.
pub const ROUTE_TRIAL_WAIT_MS: u64 = 5_000;
/// Words of `name_contains` of one route.
pub const ROUTE_WORDS_MAX: usize = 100;
/// Levels of routes below each other.
pub const ROUTE_LEVELS_MAX: usize = 5;
/// Time intervals by which routes are mute or active.
pub const TIME_INTERVALS_MAX: usize = 50;
/// Windows of one time interval.
pub const TIME_INTERVAL_HOURS_MAX: usize = 50;
/// Steps of an escalation.
pub const ESCALATION_STEPS_MAX: usize = 10;
/// Longest wait for a step of an escalation.
pub const ESCALATION_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Contacts.
pub const CONTACTS_MAX: usize = 200;
/// Quiet hours of one contact.
pub const QUIET_HOURS_MAX: usize = 10;
/// Rotations.
pub const ROTATIONS_MAX: usize = 50;
/// Contacts who take turns in one rotation.
pub const ROTATION_CONTACTS_MAX: usize = 50;
/// Longest shift.
pub const SHIFT_DAYS_MAX: i64 = 365;
/// Covers that are not over.
pub const COVERS_MAX: u32 = 500;
/// Longest cover, and how far ahead it may begin.
pub const COVER_DAYS_MAX: i64 = 366;
/// How far ahead shifts are shown.
pub const SHIFTS_SHOWN_MS: i64 = 28 * 24 * 3_600_000;
/// How far ahead a calendar tells of shifts.
pub const SHIFTS_TOLD_MS: i64 = 180 * 24 * 3_600_000;
/// Shifts of one rotation in one answer: hourly ones as far ahead as a calendar tells, and those
/// that covers cut.
pub const SHIFTS_MAX: usize = 6_000;
/// How long covers are kept after they are over: incidents are reviewed with them.
pub const COVERS_KEEP_MS: i64 = 400 * 24 * 3_600_000;
/// Instants that are looked at to find who is told next.
pub const NEXT_TOLD_LOOKS_MAX: usize = 50;
/// Digests.
pub const DIGESTS_MAX: usize = 20;
/// How late a digest may be told: after that the next one is near enough.
pub const DIGEST_LATE_MS: i64 = 6 * 3_600_000;
/// Alarms that a digest names; of more it tells the number.
pub const DIGEST_NAMED_MAX: usize = 20;
/// Rules by which alarms hold others back.
pub const INHIBIT_RULES_MAX: usize = 50;
/// Labels that one of them compares.
pub const INHIBIT_LABELS_MAX: usize = 20;
/// Alarms in ALARM that are asked whether they hold another back.
pub const INHIBITORS_MAX: u32 = 1_000;
/// Alarms that one step looks at when the rules may be others.
pub const INHIBITORS_PER_STEP_MAX: u32 = 1_000;
/// For how long an alarm that is over still holds back what went off before its end: the
/// `group_interval` of Alertmanager, at whose next turn it tells what nothing inhibits any more.
pub const INHIBITOR_GRACE_MS: i64 = 5 * 60_000;
/// What an account and region hold is not known when they were not read for so long, nor at three
/// readings; what stands there holds nothing back then.
pub const UNREAD_AFTER_MS: i64 = 15 * 60_000;
/// How often an alarm must go off, at least, to be called flapping.
pub const FLAPPING_TIMES_MIN: u32 = 2;
/// And at most.
pub const FLAPPING_TIMES_MAX: u32 = 100;
/// Longest time within which it goes off so often.
pub const FLAPPING_MINUTES_MAX: u32 = 24 * 60;
/// Longest time for which an acknowledgement may hold by the configuration.
pub const ACKNOWLEDGEMENT_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Alarms that one turn escalates, and acknowledgements that one turn ends.
pub const ESCALATED_PER_TURN_MAX: u32 = 200;
/// Bytes of a file that holds a channel's secret.
pub const SECRET_BYTES_MAX: u64 = 4_096;
/// At the first reading of an account and region, alarms that went off longer ago
/// are told to nobody: whoever set the console up knows of them.
pub const FIRST_READING_NEWS_MS: i64 = 15 * 60_000;
/// Labels by which a route may group.
pub const GROUP_LABELS_MAX: usize = 10;
/// The longest that the first of a group may wait for others.
pub const GROUP_WAIT_SECONDS_MAX: u32 = 600;
/// The longest pause between two messages about one group.
pub const GROUP_INTERVAL_MINUTES_MAX: u32 = 24 * 60;
/// Messages of one urgency that wait for a channel and are still sent one by one; more of them are
/// told together.
pub const BUNDLED_FROM: usize = 10;
/// Alarms that one message tells together; what is more follows in the next.
pub const BUNDLE_MAX: usize = 20;
/// The longest line about one of them.
pub const BUNDLE_LINE_CHARS_MAX: usize = 160;
/// Characters of one segment of a text (3GPP TS 23.038), of the plain alphabet.
pub const TEXT_CHARS_MAX: usize = 160;
/// The same of any alphabet.
pub const TEXT_WIDE_CHARS_MAX: usize = 70;
/// A link stands in a text only where so much is left to say what it is about.
pub const TEXT_HEADLINE_CHARS_MIN: usize = 40;
/// Messages that one turn sends to one channel.
pub const DELIVERIES_PER_TURN_MAX: u32 = 200;
/// How long a connection to a channel may take to stand.
pub const CHANNEL_CONNECT_MS: u64 = 3_000;
/// How long an attempt to send a message may take, with its answer.
pub const CHANNEL_ATTEMPT_MS: u64 = 10_000;
/// Bytes of a channel's answer that are read.
pub const CHANNEL_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Characters kept of what a channel said about a failure.
pub const CHANNEL_MESSAGE_CHARS_MAX: usize = 300;
/// How long an attempt to send mail may take: a dozen questions and answers, and some
/// servers let strangers wait for their greeting. Less than [`DELIVERY_ATTEMPT_MS`].
pub const MAIL_ATTEMPT_MS: u64 = 20_000;
/// How long the good-bye to a mail server may take; the message is settled by then.
pub const MAIL_QUIT_MS: u64 = 500;
/// Addresses of a mail server that are tried, of each family.
pub const MAIL_ADDRESSES_MAX: usize = 2;
/// Bytes that a mail server may say in one conversation, its certificates among them.
pub const MAIL_HEARD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one thing that it says before the conversation is encrypted.
pub const MAIL_REPLY_BYTES_MAX: usize = 4_096;
/// Characters of a mail's subject.
pub const MAIL_SUBJECT_CHARS_MAX: usize = 200;
/// Mailboxes that one channel writes to.
pub const MAIL_RECIPIENTS_MAX: usize = 20;
/// Characters of a mailbox's address (RFC 5321, 4.5.3.1.3, without its brackets).
pub const MAIL_ADDRESS_CHARS_MAX: usize = 254;
/// Recipients whose refusal a receipt names.
pub const MAIL_REFUSALS_TOLD_MAX: usize = 3;
/// Characters of the name by which we sign in to a mail server.
pub const MAIL_USER_CHARS_MAX: usize = 254;
/// Characters of a headline in Discord ("Embed Limits").
pub const DISCORD_TITLE_CHARS_MAX: usize = 256;
/// Characters of the text below it there ("Embed Limits").
pub const DISCORD_TEXT_CHARS_MAX: usize = 4_096;
/// Bytes of a headline in a card of Teams, as they are sent.
pub const TEAMS_TITLE_BYTES_MAX: usize = 2_000;
/// Bytes of each text below it. A card may have 28 KB with all that is around them.
pub const TEAMS_TEXT_BYTES_MAX: usize = 8_000;
/// Characters of an alarm's reason in a message.
pub const MESSAGE_REASON_CHARS_MAX: usize = 600;
/// When an attempt that nobody recorded counts as ended: well after its time-out.
pub const DELIVERY_ATTEMPT_MS: i64 = 30_000;
/// How long a server may send to a channel before another takes it over.
pub const CHANNEL_LEASE_MS: i64 = 60_000;
/// Pause after the first attempt that failed; it doubles.
pub const DELIVERY_PAUSE_MS_MIN: i64 = 1_000;
/// Longest pause between two attempts.
pub const DELIVERY_PAUSE_MS_MAX: i64 = 5 * 60_000;
/// Attempts after which a message is given up: with the pauses between them some
/// two and a half hours, longer than channels are usually down.
pub const DELIVERY_ATTEMPTS_MAX: u32 = 40;
/// Longest rest that a channel is given when it asks for one.
pub const CHANNEL_REST_MS_MAX: i64 = 15 * 60_000;
/// How long messages are kept after the matter is closed.
pub const DELIVERIES_KEEP_MS: i64 = 90 * 24 * 3_600_000;

/// Matchers of one list.
pub const MATCHERS_MAX: usize = 20;
/// Characters of matchers as they are written.
pub const MATCHERS_CHARS_MAX: usize = 4_000;
/// Bytes of a compiled regular expression: some hundred steps for each character it looks at.
pub const PATTERN_BYTES_MAX: usize = 32 * 1024;
/// Silences that are not over, and so those that one alarm is held against.
pub const SILENCES_MAX: usize = 200;
/// Longest silence: what nobody wants to hear of for longer wants another threshold.
pub const SILENCE_DAYS_MAX: i64 = 90;
/// How far ahead a silence may begin.
pub const SILENCE_AHEAD_DAYS_MAX: i64 = 90;
/// How long silences that are over are listed.
pub const SILENCES_SHOWN_MS: i64 = 7 * 24 * 3_600_000;
/// Silences of one list.
pub const SILENCES_LISTED_MAX: u32 = 400;
/// Alarms that a preview of a silence names.
pub const SILENCED_NAMED_MAX: usize = 20;
/// Alarms that a preview of a silence looks at, the most urgent first.
pub const SILENCED_LOOKED_AT_MAX: u32 = 10_000;
/// Held alarms that one turn looks at.
pub const HELD_PER_TURN_MAX: u32 = 1_000;

/// Longest drill.
pub const DRILL_MINUTES_MAX: u32 = 240;
/// How long a drill lasts when nobody says.
pub const DRILL_MINUTES_DEFAULT: u32 = 10;
/// Drills that run at one time: each of them calls people.
pub const DRILLS_RUNNING_MAX: u64 = 20;
/// Alarms of drills in one account and region that are not yet taken out of the list.
pub const DRILL_ALARMS_MAX: u32 = 500;
/// Labels that a drill is given.
pub const DRILL_LABELS_MAX: usize = 64;
/// Messages of a drill that its receipts are made of.
pub const DRILL_MESSAGES_MAX: u32 = 500;
/// How long after its end a message that is still tried may reach its channel.
pub const DRILL_SETTLE_MS: i64 = 15 * 60_000;
/// Drills of one list.
pub const DRILLS_LISTED_MAX: u32 = 200;
/// Drills that one turn looks at.
pub const DRILLS_PER_TURN_MAX: u32 = 100;
/// How long drills are kept: somebody asks after a year what was proved.
pub const DRILLS_KEEP_MS: i64 = 400 * 24 * 3_600_000;
/// How far the clock of a signed call may be from ours (Slack, "Verifying requests from Slack").
pub const SIGNED_CALL_APART_MS: i64 = 5 * 60_000;
/// Signatures of one call that are looked at: one for each secret while secrets are changed.
pub const CALL_SIGNATURES_MAX: usize = 8;
/// Characters of a person's or a workspace's id in Slack or PagerDuty.
pub const CHAT_ID_CHARS_MAX: usize = 64;
/// Bytes of a press in Slack, which brings the message along.
pub const PRESS_BYTES_MAX: usize = 256 * 1024;
/// How long the answer that only the presser sees may take: Slack waits for three seconds.
pub const WHISPER_MS: u64 = 1_500;
/// Characters of a block of text in Slack ("Block Kit", section).
pub const SLACK_SECTION_CHARS_MAX: usize = 3_000;
/// How long the button in Slack silences an alarm.
pub const PRESSED_SILENCE_MINUTES: i64 = 60;
/// Drills that recur.
pub const RECURRING_DRILLS_MAX: usize = 20;
/// A drill that recurs does not begin later than this after its time: nobody reckons with it then.
pub const RECURRING_DRILL_LATE_MS: i64 = 15 * 60_000;
/// So many days are looked through for the next time of what recurs.
pub const RECURRENCE_DAYS_AHEAD_MAX: usize = 800;
/// Who takes an alarm on again within this, saying the same, says nothing new.
pub const REPEATED_PRESS_MS: i64 = 60_000;
