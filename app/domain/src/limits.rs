//! Every limit of the product, in one place.
//!
//! A list, body, retry, queue or time-out without a row here is a defect.
//! Limits that AWS sets name the page they come from.

mod coverage;
mod log_lines;
mod log_queries;
mod notifications;
mod sandbox;
mod sns;
mod sources;

pub use coverage::*;
pub use log_lines::*;
pub use log_queries::*;
pub use notifications::*;
pub use sandbox::*;
pub use sns::*;
pub use sources::*;

/// Characters of a one-line text such as a name or a title.
pub const LINE_CHARS_MAX: usize = 200;
/// Characters of a reason, note or comment.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Characters of a search text.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Words of a search text that are looked for; more would narrow nothing.
pub const SEARCH_WORDS_MAX: usize = 16;
/// Values of one filter, such as environments; names outside of it exist nowhere.
pub const FILTER_VALUES_MAX: usize = 50;
/// Unknown fields of a document that are named in a message.
pub const FIELDS_NAMED_MAX: usize = 5;
/// Seconds for which a browser keeps the address of a sign-in that failed.
pub const LOGIN_KEPT_S: i64 = 60;
/// Characters of an alarm's reason in a list.
pub const LISTED_REASON_CHARS_MAX: usize = 500;
/// Characters of a sign-in name (an e-mail address, RFC 5321).
pub const LOGIN_CHARS_MAX: usize = 254;
/// Characters of a password; argon2id's cost does not depend on it, memory does.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Shortest password (NIST SP 800-63B, 3.1.1.2 asks for 8; ours guards production).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Passwords hashed at the same time; each takes 19 MiB and a core.
pub const PASSWORD_HASHES_AT_ONCE_MAX: usize = 2;
/// How long a sign-in may wait for its turn to be hashed.
pub const PASSWORD_WAIT_MS: u64 = 5_000;
/// Grants of one person.
pub const GRANTS_MAX: usize = 20;

/// Rows on a page of a list when the caller names no number.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// Most rows on a page of a list.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Furthest row a list can be paged to; narrower filters reach the rest.
pub const PAGE_OFFSET_MAX: u32 = 100_000;

/// Bytes of a request body.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Connections served at a time; the next wait to be taken.
pub const CONNECTIONS_MAX: usize = 2_048;
/// How long a connection may take to bring the headers of its next request.
pub const REQUEST_HEADERS_MS: u64 = 30_000;
/// How long a client may read nothing of an answer that waits for it.
pub const ANSWER_STALL_MS: u64 = 30_000;
/// Pause after a connection could not be taken, such as for want of descriptors.
pub const ACCEPT_PAUSE_MS: u64 = 200;
/// How often one person may have AWS asked in a minute: its calls are billed, and the
/// workers share their rate.
pub const ASKS_A_MINUTE_MAX: u32 = 600;
/// How long a request may take before it is answered with an error.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;
/// Browsers that may follow the live stream at once.
pub const STREAM_CLIENTS_MAX: u32 = 1_000;
/// Live streams of one person at once: a person has some tabs, and may not take
/// everybody's places.
pub const STREAMS_PER_PERSON_MAX: u32 = 20;
/// How often a follower of the live stream hears the server's clock.
pub const STREAM_TICK_MS: u64 = 5_000;
/// How long news may flow between two looks at the follower's session.
pub const STREAM_LOOK_MS: u64 = 5_000;
/// Pause between two signs of life on a stream that has nothing to tell.
pub const STREAM_KEEP_ALIVE_MS: u64 = 15_000;
/// How long the database may take to answer a probe of readiness.
pub const READY_MS: u64 = 2_000;
/// How long requests that are under way may take to end when the program does.
pub const SHUTDOWN_REQUESTS_MS: u64 = 2_500;
/// How long workers may then take to end their turns.
pub const SHUTDOWN_WORKERS_MS: u64 = 1_500;

/// Bytes of the configuration file.
pub const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
/// Pause between two readings of the estate when the configuration does not say.
pub const POLL_S_DEFAULT: u64 = 30;
/// Shortest pause between two readings; AWS answers only so many calls a second.
pub const POLL_S_MIN: u64 = 5;
/// Longest pause between two readings.
pub const POLL_S_MAX: u64 = 3_600;
/// Bytes of a line that is read as a password; a longer one is refused with its length.
pub const PASSWORD_LINE_BYTES_MAX: u64 = 4_096;
/// How far the clock may be behind the newest audit entry: another server may
/// have written it, and its clock is a little ahead.
pub const CLOCK_BEHIND_MS_MAX: i64 = 60_000;
/// Events that a slow follower may lag behind before it is told to reload.
pub const STREAM_LAG_MAX: usize = 4_096;

/// Accounts in an estate.
pub const ACCOUNTS_MAX: usize = 200;
/// Regions of one account.
pub const REGIONS_PER_ACCOUNT_MAX: usize = 40;
/// Environments of an estate.
pub const ENVIRONMENTS_MAX: usize = 50;
/// Alarms read from one account and region in one poll.
pub const ALARMS_PER_SCOPE_MAX: usize = 50_000;
/// Targets read from one account and region in one poll.
pub const TARGETS_PER_SCOPE_MAX: usize = 5_000;
/// How far ahead what timers set is shown.
pub const TIMER_RUNS_SHOWN_MS: i64 = 8 * 24 * 3_600_000;
/// How many firings of timers are shown of one target.
pub const TIMER_RUNS_SHOWN_MAX: usize = 20;
/// Timers of ours read from one account and region in one poll.
pub const TIMERS_PER_SCOPE_MAX: usize = 5_000;
/// Alarm history items asked for at once (DescribeAlarmHistory, MaxRecords ≤ 100).
pub const ALARM_HISTORY_ROWS_MAX: usize = 100;
/// Characters of an alarm's name (Amazon CloudWatch API Reference, PutMetricAlarm; so are the
/// next ones).
pub const ALARM_NAME_CHARS_MAX: usize = 255;
/// Characters of an alarm's description.
pub const ALARM_DESCRIPTION_CHARS_MAX: usize = 1_024;
/// Actions of one alarm for one of its states.
pub const ALARM_ACTIONS_MAX: usize = 5;
/// Characters of an action's ARN.
pub const ALARM_ACTION_CHARS_MAX: usize = 1_024;
/// Seconds that all periods of an alarm take together, where they are shorter than an hour.
pub const ALARM_SPAN_S_MAX: u64 = 86_400;
/// From so many seconds on a period may be looked at for longer.
pub const ALARM_LONG_PERIOD_S_MIN: u32 = 3_600;
/// Seconds that such periods take together.
pub const ALARM_LONG_SPAN_S_MAX: u64 = 604_800;
/// Characters of a namespace or of a metric's name.
pub const METRIC_NAME_CHARS_MAX: usize = 255;
/// Dimensions of a metric (Amazon CloudWatch API Reference, Dimension; so are the next ones).
pub const DIMENSIONS_MAX: usize = 30;
/// Characters of a dimension's name.
pub const DIMENSION_NAME_CHARS_MAX: usize = 255;
/// Characters of a dimension's value.
pub const DIMENSION_VALUE_CHARS_MAX: usize = 1_024;
/// Alarms of an account and region, unless AWS has raised it (Amazon CloudWatch User Guide,
/// "CloudWatch service quotas").
pub const ALARMS_QUOTA: u64 = 5_000;
/// How far back a metric is looked at before an alarm is put on it.
pub const ALARM_LOOK_S_MAX: u32 = 3 * 24 * 3_600;
/// The same for periods shorter than a minute, which CloudWatch keeps for three hours.
pub const ALARM_LOOK_FINE_S: u32 = 2 * 3_600;
/// Percent of the periods looked at from which on an alarm would be on most of the time.
pub const BREACHING_PERCENT_MAX: u32 = 50;
/// Longest range of a chart of an alarm or a target.
pub const CHART_HOURS_MAX: u32 = 168;
/// How far back an alarm's history looks: as far as CloudWatch keeps one
/// (Amazon CloudWatch User Guide, "Alarm history": 30 days).
pub const ALARM_HISTORY_MS: i64 = 30 * 24 * 3_600_000;
/// Points of one metric series on a page.
pub const METRIC_POINTS_MAX: usize = 1_440;
/// Targets of one reading whose last day is asked for when they are first seen.
pub const BACKFILL_TARGETS_MAX: usize = 100;
/// Targets read at once when all of them count, as for what comes next.
pub const TARGETS_READ_MAX: u32 = 20_000;
/// Environments read at once.
pub const ENVIRONMENTS_READ_MAX: u32 = 500;
/// Rows of each list on the overview.
pub const OVERVIEW_ROWS_MAX: u32 = 10;
/// Scale events looked at for a list of targets.
pub const EVENTS_LISTED_MAX: u32 = 500;
/// Scale events that stand on one target; AWS's own limits of scheduled actions
/// are far below.
pub const EVENTS_PER_TARGET_MAX: u32 = 500;
/// Other change requests of a target that are reckoned with when it is read back.
pub const CHANGES_BESIDE_MAX: u32 = 100;
/// Scaling activities shown for a target.
pub const ACTIVITIES_MAX: usize = 50;

/// How long a connection to AWS may take to stand.
pub const AWS_CONNECT_MS: u64 = 3_000;
/// How long one attempt at a call to AWS may take.
pub const AWS_ATTEMPT_MS: u64 = 10_000;
/// How long a call to AWS may take with all its attempts.
pub const AWS_OPERATION_MS: u64 = 30_000;
/// Attempts at one call to AWS; what still fails then is the caller's to repeat.
pub const AWS_ATTEMPTS_MAX: u32 = 4;
/// First pause between two attempts; it doubles and is drawn at random below that.
pub const AWS_PAUSE_MS: u64 = 500;
/// Calls to AWS that one reading makes at the same time.
pub const AWS_CALLS_AT_ONCE_MAX: usize = 4;
/// How long an account's credentials are taken for its own after they were seen
/// to be: a profile or role that is corrected must not change another account.
pub const AWS_IDENTITY_MS: i64 = 5 * 60_000;
/// Rows of a page of AWS's lists (EC2 Auto Scaling and CloudWatch API References,
/// MaxRecords ≤ 100).
pub const AWS_PAGE_ROWS: i32 = 100;
/// Services of one call (Amazon ECS API Reference, DescribeServices: up to 10).
pub const ECS_SERVICES_PER_CALL_MAX: usize = 10;
/// Tasks of one call (Amazon ECS API Reference, DescribeTasks: up to 100).
pub const ECS_TASKS_PER_CALL_MAX: usize = 100;
/// Values of one filter (Amazon EC2 API Reference, "Filter").
pub const EC2_FILTER_VALUES_MAX: usize = 200;
/// Instances on one page (Amazon EC2 API Reference, DescribeInstances: 5 to 1,000).
pub const EC2_PAGE_ROWS_MAX: usize = 1_000;
/// Keys of tags whose instances are watched in one account: each is a question of its own.
pub const INSTANCE_TAGS_MAX: usize = 10;
/// Pages of one question to EC2; the instances of one filter fit on one, unless
/// EC2 cuts them short.
pub const EC2_PAGES_MAX: usize = 50;
/// Scaling policies of one group or scalable target (EC2 Auto Scaling and
/// Application Auto Scaling User Guides, "Quotas").
pub const POLICIES_PER_TARGET_MAX: usize = 50;
/// Characters kept of what AWS said about a failure.
pub const CLOUD_MESSAGE_CHARS_MAX: usize = 500;
/// Tasks of one service that are listed.
pub const TASKS_PER_SERVICE_MAX: usize = 1_000;

/// Largest capacity a person may ask for; a slip of the keyboard is not 10,000 instances.
pub const CAPACITY_MAX: u32 = 5_000;
/// Scheduled actions of one Auto Scaling group
/// (EC2 Auto Scaling User Guide, "Quotas").
pub const ASG_SCHEDULED_ACTIONS_MAX: usize = 125;
/// Scheduled actions of one batch call (EC2 Auto Scaling API,
/// `BatchPutScheduledUpdateGroupAction` and `BatchDeleteScheduledAction`).
pub const BATCH_ACTIONS_MAX: usize = 50;
/// Scheduled actions of one scalable target
/// (Application Auto Scaling User Guide, "Quotas").
pub const APPLICATION_SCHEDULED_ACTIONS_MAX: usize = 200;
/// Schedules of EventBridge Scheduler in a region
/// (EventBridge Scheduler User Guide, "Quotas": the default).
pub const SCHEDULER_SCHEDULES_MAX: usize = 10_000_000;
/// How long EventBridge Scheduler tries a call at the least
/// (EventBridge Scheduler API, RetryPolicy: MaximumEventAgeInSeconds).
pub const SCHEDULER_EVENT_AGE_S_MIN: u32 = 60;
/// How often it tries a call again at most (RetryPolicy: MaximumRetryAttempts).
pub const SCHEDULER_RETRY_ATTEMPTS_MAX: u32 = 185;
/// How late a call may be tried again, in seconds: later a person should look.
pub const SCHEDULE_RETRY_S_MAX: u32 = 600;
/// How long AWS leaves a database stopped before it starts it by itself
/// (RDS User Guide, "Stopping a DB instance temporarily"; Aurora says the same).
pub const DATABASE_STOPPED_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// How long a database that AWS started by itself may run before it is stopped
/// again, or wanted: to the next full hour, half an hour more, and the hour before it
/// is wanted, in which it is left alone.
pub const DATABASE_RESTART_MS_MAX: i64 = 150 * 60_000;
/// Days for which a schedule's exceptions and overrides are written into AWS ahead.
pub const COMPILE_DAYS_DEFAULT: i64 = 60;
/// Shortest scale event; AWS may run a scheduled action two minutes late.
pub const SCALE_EVENT_MS_MIN: i64 = 5 * 60_000;
/// Longest scale event; anything longer is a schedule.
pub const SCALE_EVENT_MS_MAX: i64 = 14 * 24 * 3_600_000;
/// How far ahead a scale event may be planned.
pub const SCALE_EVENT_AHEAD_MS_MAX: i64 = 365 * 24 * 3_600_000;
/// A planned start must be this far away when it is proposed, approved and applied,
/// so that the scheduled action reaches AWS before its time.
pub const SCALE_EVENT_LEAD_MS_MIN: i64 = 2 * 60_000;

/// Schedules in a list; more than that stand nowhere.
pub const SCHEDULES_LISTED_MAX: u32 = 2_000;
/// Change requests shown with a schedule.
pub const SCHEDULE_CHANGES_MAX: u32 = 20;
/// Schedules looked after in one batch.
pub const SCHEDULES_AT_ONCE_MAX: u32 = 100;
/// A schedule's objects are made for [`COMPILE_DAYS_DEFAULT`] days; with so much less
/// left they are extended: once a day.
pub const SCHEDULE_EXTEND_MS: i64 = (COMPILE_DAYS_DEFAULT - 1) * 24 * 3_600_000;
/// After an extension nobody tries another for so long: one that failed is tried again then.
pub const SCHEDULE_EXTEND_PAUSE_MS: i64 = 6 * 3_600_000;
/// Scheduled actions of others that one schedule takes the place of.
pub const ACTIONS_TAKEN_OVER_MAX: usize = 1_000;
/// One server at a time looks after schedules, for so long at most without a sign.
pub const SCHEDULES_LEASE_MS: i64 = 5 * 60_000;
/// Targets read one by one; for more of them all of a region are read.
pub const TARGETS_LOOKED_AT_MAX: usize = 3;
/// What a schedule changes sooner than this is set at once when it is applied, so
/// that its objects reach AWS before their time.
pub const SCHEDULE_LEAD_MS: i64 = 2 * 60_000;
/// An edge that comes this soon after a schedule is applied may come while its objects
/// are still being put; so the capacity is set once more when they are.
pub const SCHEDULE_EDGE_NEAR_MS: i64 = 3_600_000;
/// How far after the last change of a schedule other scheduled actions are looked for.
pub const FOREIGN_LOOK_MS: i64 = 7 * 24 * 3_600_000;
/// How far ahead the runs are counted that do not come about while scheduled actions
/// are suspended.
pub const STOPPED_RUNS_LOOK_MS: i64 = 7 * 24 * 3_600_000;
/// Characters of the name of a schedule, a window or a zone.
pub const SCHEDULE_NAME_CHARS_MAX: usize = 64;
/// Characters of the name of a group, service, instance, cluster, or of a tag
/// (EC2 Auto Scaling API: AutoScalingGroupName is at most 255 long; others less).
pub const TARGET_NAME_CHARS_MAX: usize = 255;
/// Targets of one schedule.
pub const SCHEDULE_TARGETS_MAX: usize = 50;
/// Windows of one schedule.
pub const SCHEDULE_WINDOWS_MAX: usize = 100;
/// Exceptions of one schedule.
pub const SCHEDULE_EXCEPTIONS_MAX: usize = 100;
/// Overrides of one schedule.
pub const SCHEDULE_OVERRIDES_MAX: usize = 100;
/// Dates and ranges of dates in one list.
pub const SCHEDULE_DATES_MAX: usize = 10_000;
/// Bytes of a schedule's file.
pub const SCHEDULE_FILE_BYTES_MAX: usize = 512 * 1024;
/// Things in a schedule's file, those that an alias repeats counted each time.
pub const SCHEDULE_FILE_NODES_MAX: usize = 50_000;
/// How deep things in a schedule's file may stand inside each other.
pub const SCHEDULE_FILE_DEPTH_MAX: usize = 16;
/// Bytes of a calendar's file.
pub const CALENDAR_FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Events of a calendar.
pub const CALENDAR_EVENTS_MAX: usize = 2_000;
/// Dates that one event of a calendar leaves out, and as many that it adds.
pub const CALENDAR_EVENT_DATES_MAX: usize = 2_000;
/// Years for which an event that repeats without end is followed.
pub const CALENDAR_YEARS_MAX: i16 = 50;
/// Days of a schedule that are looked at in one preview, compilation or proof.
pub const SCHEDULE_DAYS_MAX: i64 = 3 * 366;
/// Instants at which a schedule is asked in one call.
pub const SCHEDULE_INSTANTS_MAX: usize = 1_000;
/// Next changes of a schedule that are listed.
pub const SCHEDULE_NEXT_MAX: usize = 100;
/// How far ahead the next changes of a schedule are looked for: a 29 February
/// comes again within eight years.
pub const SCHEDULE_AHEAD_DAYS_MAX: i64 = 8 * 366;
/// First year of a date in a schedule.
pub const SCHEDULE_YEAR_MIN: i16 = 2000;
/// Last year of a date in a schedule (EventBridge Scheduler: the year field of
/// cron ends at 2199).
pub const SCHEDULE_YEAR_MAX: i16 = 2199;

/// Characters of a recurrence (EC2 Auto Scaling API, PutScheduledUpdateGroupAction:
/// Recurrence is at most 255 long).
pub const RECURRENCE_CHARS_MAX: usize = 255;
/// Firings of scheduled actions looked at in one collision check.
pub const FIRINGS_MAX: usize = 2_000;
/// Firings of other owners' scheduled actions that a plan tells.
pub const PLAN_FIRINGS_MAX: usize = 500;

/// Comments on one change request.
pub const COMMENTS_MAX: u32 = 500;
/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 64;
/// Lines of a change request's story.
pub const STORY_LINES_MAX: u32 = 500;

/// Bytes of a document of policies and alarms; ten thousand alarms take about half.
pub const POLICY_DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a name or ARN in it (Application Auto Scaling API: 1,600 at most).
pub const POLICY_TEXT_BYTES_MAX: usize = 2_048;
/// Steps of one policy; AWS allows 20 (EC2 Auto Scaling User Guide, "Quotas").
pub const POLICY_STEPS_MAX: usize = 100;
/// Alarms that one policy may list; it is wired to one or two.
pub const POLICY_ALARMS_MAX: usize = 1_000;
/// Names listed in one finding; the rest is counted.
pub const POLICY_NAMES_TOLD_MAX: usize = 5;

/// Alarms read at once when all of them are checked.
pub const ALARMS_READ_MAX: u32 = 100_000;
/// Share of AWS's quota of scheduled actions from which a target is near it: a schedule
/// puts its new actions beside the old ones.
pub const ACTIONS_NEAR_PERCENT: usize = 80;
/// Fewest instance types that spot capacity should choose from; AWS itself advises ten
/// (EC2 User Guide, "Best practices for Amazon EC2 Spot").
pub const SPOT_TYPES_MIN: u32 = 3;
/// Fewest zones that spot capacity should choose from (the same page advises all).
pub const SPOT_ZONES_MIN: u32 = 2;
/// How long people wait for spot capacity where the configuration does not say; an instance is
/// mostly up in five minutes.
pub const BELOW_DESIRED_MINUTES_DEFAULT: u32 = 15;
/// The longest that it may say.
pub const BELOW_DESIRED_MINUTES_MAX: u32 = 3 * 60;

/// Most approvals an environment may ask for.
pub const APPROVALS_MAX: u32 = 5;
/// A proposal that nobody decided expires after this long.
pub const PROPOSAL_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// How far ahead the time may be at which a change is carried out.
pub const PLANNED_AHEAD_MS_MAX: i64 = 90 * 24 * 3_600_000;
/// How late a change may be begun that is planned for a time; after that it expires.
pub const PLANNED_LATE_MS_MAX: i64 = 3_600_000;
/// Attempts at one step before the change request fails.
pub const STEP_ATTEMPTS_MAX: u32 = 12;
/// How long a reading of AWS may take and still be told from one that is newer.
/// A row that seems newer by more was written before the clock was set back.
pub const READING_MS_MAX: i64 = 2 * 60_000;
/// Writes that AWS may throttle one after the other before a change request rests.
pub const STEPS_THROTTLED_MAX: usize = 5;
/// Longest pause between two attempts at a step.
pub const STEP_PAUSE_MS_MAX: i64 = 60_000;
/// Change requests claimed at a time.
pub const CHANGES_CLAIMED_MAX: u32 = 10;
/// Targets whose change requests are carried out side by side.
pub const CHANGES_AT_ONCE_MAX: usize = 4;
/// Change requests expired in one turn.
pub const CHANGES_EXPIRED_MAX: u32 = 200;
/// Pause when AWS cannot be looked at before the first step or after the last.
pub const LOOK_PAUSE_MS: i64 = 15_000;
/// How long a step that may have been done waits until AWS can be looked at.
pub const STEP_LOOK_MS_MAX: i64 = 30 * 60_000;
/// AWS may show the state of a moment ago for a while (its APIs are eventually
/// consistent); a difference is believed only when it lasts this long.
pub const READ_BACK_MS: i64 = 20_000;
/// Pause between two looks at an instance refresh that goes on.
pub const REFRESH_PAUSE_MS: i64 = 15_000;
/// How long an instance refresh is followed; AWS itself ends it before.
pub const REFRESH_WATCH_MS: i64 = 15 * 24 * 3_600_000;
/// How far the clocks of AWS and of this machine may differ when a refresh is known by
/// the time of its start.
pub const REFRESH_CLOCK_SKEW_MS: i64 = 60_000;
/// The latest instance refreshes of a group that are read.
pub const REFRESHES_READ_MAX: i32 = 20;
/// Longest pause at a checkpoint (EC2 Auto Scaling API Reference, RefreshPreferences).
pub const CHECKPOINT_PAUSE_S_MAX: u32 = 172_800;
/// Longest warm-up that anybody may ask for.
pub const WARM_UP_S_MAX: u32 = 7_200;
/// Most checkpoints of one refresh.
pub const CHECKPOINTS_MAX: usize = 20;
/// Pause between two readings back.
pub const READ_BACK_PAUSE_MS: i64 = 5_000;
/// How long reading back is tried before the change request ends as not verified.
pub const READ_BACK_WATCH_MS: i64 = 30 * 60_000;
/// How long what could not be read back is made up for by a later reading.
pub const REREAD_MS_MAX: i64 = 7 * 24 * 60 * 60_000;
/// Change requests read at a time to be made up for.
pub const REREADS_AT_ONCE_MAX: u32 = 50;
/// AWS may run a scheduled action this late (EC2 Auto Scaling User Guide,
/// "Scheduled scaling").
pub const FIRING_LATE_MS: i64 = 2 * 60_000;
/// After its end, an event's return is looked for: a second scheduled action may
/// follow a minute later, AWS may be two minutes late, and shows it a moment after.
pub const RETURN_LATE_MS: i64 = 5 * 60_000;
/// Standing events read at a time when they are watched.
pub const EVENTS_WATCHED_AT_ONCE_MAX: u32 = 200;
/// How long a return that did not happen is looked for before it is given up.
pub const RETURN_WATCH_MS: i64 = 24 * 3_600_000;
/// How long a worker may hold a change request before another takes it over.
/// Longer than the two calls of a service and the look before them.
pub const CHANGE_LEASE_MS: i64 = 100_000;

/// Failed sign-ins of one login name from one client address before that client
/// must wait; also wrong present passwords of one person who changes theirs.
pub const SIGN_IN_FAILURES_MAX: u32 = 10;
/// Failed sign-ins from one client address, whatever the login name, before it
/// must wait; a whole office may be behind it.
pub const SIGN_IN_ADDRESS_FAILURES_MAX: u32 = 100;
/// Failed sign-ins of one login name from anywhere before every try is slowed.
pub const SIGN_IN_LOGIN_FAILURES_MAX: u32 = 100;
/// How long a slowed try waits before it is looked at.
pub const SIGN_IN_SLOW_MS: u64 = 2_000;
/// Window in which failed sign-ins are counted.
pub const SIGN_IN_WINDOW_MS: i64 = 15 * 60_000;
/// A session ends when unused for this long.
pub const SESSION_IDLE_MS: i64 = 12 * 3_600_000;
/// A session ends after this long, whatever it does.
pub const SESSION_AGE_MS: i64 = 7 * 24 * 3_600_000;
/// How old the note of a session's or token's last use may be before a request renews it.
pub const SESSION_TOUCH_MS: i64 = 60_000;
/// How long a request waits to note that its session or token was used.
pub const NOTE_USE_MS: u64 = 500;
/// Longest life of a cookie; browsers keep none for longer (RFC 6265bis, 5.5).
pub const COOKIE_AGE_S_MAX: i64 = 400 * 24 * 3_600;
/// How long a browser keeps a stranger's language and theme.
pub const PREFERENCES_AGE_S: i64 = 365 * 24 * 3_600;
/// Sessions of one person.
pub const SESSIONS_PER_PERSON_MAX: usize = 50;
/// Life of the one-time set-up link.
pub const SETUP_LINK_MS: i64 = 60 * 60_000;
/// Tokens of one person.
pub const TOKENS_PER_PERSON_MAX: usize = 20;
/// Longest life of an API token.
pub const TOKEN_AGE_MS_MAX: i64 = 366 * 24 * 3_600_000;
/// People with an account.
pub const PEOPLE_MAX: usize = 10_000;
/// Freezes kept. What waits for an approver is asked for with one condition for each of them, and
/// SQLite refuses more than 1,000 nested conditions or 32,766 values in one statement.
pub const FREEZES_MAX: usize = 300;
/// Days of traffic without which a schedule gets no advice: two of each day of the week.
pub const FIT_DAYS_MIN: u32 = 14;
/// Days of traffic that are looked at.
pub const FIT_DAYS_MAX: u32 = 28;
/// Quarter hours by which an advice moves the end of a window at most.
pub const FIT_SHIFT_QUARTERS_MAX: usize = 8;
/// Quarter hours for which something must be unused at least to be said.
pub const FIT_QUIET_QUARTERS_MIN: usize = 8;
/// Load balancers' target groups of one target whose requests are asked for.
pub const TARGET_GROUPS_MAX: usize = 5;
/// First instant that anything here is about, 2000-01-01T00:00:00Z.
pub const TIME_MIN_MS: i64 = 946_684_800_000;
/// First instant after all that anything here is about, 2200-01-01T00:00:00Z.
pub const TIME_MAX_MS: i64 = 7_258_118_400_000;
/// Characters of a document of Systems Manager, by its name or ARN (API Reference, GetDocument).
pub const DOCUMENT_CHARS_MAX: usize = 128;
/// Calendars that the configuration names.
pub const CALENDARS_MAX: usize = 20;
/// Days for which a calendar is followed: more than a schedule is good for, and more than a year.
pub const CALENDAR_AHEAD_DAYS: i64 = 400;
/// Freezes that one calendar makes.
pub const CALENDAR_FREEZES_MAX: usize = 100;
/// Pause between two readings of a calendar, whether it could be read or not.
pub const CALENDAR_PAUSE_MS: i64 = 15 * 60_000;
/// After so long a calendar is read whole, also when it says that nothing has changed: time has gone
/// on, and what was far ahead no longer is.
pub const CALENDAR_WHOLE_MS: i64 = 12 * 60 * 60_000;
/// How long a server may look after the calendars before another takes over.
pub const CALENDARS_LEASE_MS: i64 = 5 * 60_000;

/// Capacity samples shown on a chart.
pub const CAPACITY_POINTS_MAX: usize = 1_500;
/// How long capacity samples and alarm transitions are kept.
pub const SAMPLES_KEEP_MS: i64 = 35 * 24 * 3_600_000;
/// Days that a timeline shows at most.
pub const TIMELINE_DAYS_MAX: u32 = 28;
/// How far before now a timeline may begin: no sample is older.
pub const TIMELINE_BEFORE_MS: i64 = SAMPLES_KEEP_MS;
/// How far after now a timeline may begin. What AWS will do later than that is not in AWS yet.
pub const TIMELINE_AHEAD_MS: i64 = COMPILE_DAYS_DEFAULT * 24 * 3_600_000;
/// Parts of a timeline's range that actual capacity is told for.
pub const TIMELINE_POINTS_MAX: i64 = 168;
/// Longest wait for a connection to the database, and for the writer before.
pub const DATABASE_WAIT_MS: u64 = 10_000;
/// Connections that read SQLite at once; its readers never wait for the writer.
pub const SQLITE_READERS_MAX: u32 = 4;
/// Connections to PostgreSQL of one server.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 10;
/// Statements kept prepared on a connection: all constants and the common filters.
pub const STATEMENTS_KEPT_MAX: usize = 300;
/// Rows of the live feed read at a time.
pub const FEED_ROWS_MAX: u32 = 1_000;
/// News sent one by one; of more than that followers are told to reload.
pub const FEED_NEWS_MAX: usize = 500;
/// Rows of one INSERT; of 18 values each that is far below SQLite's 32,766
/// placeholders.
pub const INSERT_ROWS_MAX: usize = 200;
/// Entries of the audit log read at a time when its chain is walked.
pub const AUDIT_BATCH_ROWS: u32 = 1_000;
/// How long rows of the live feed are kept.
pub const FEED_KEEP_MS: i64 = 60 * 60_000;

/// First pause before a browser opens a broken live stream again; it doubles each time.
pub const STREAM_PAUSE_MS_MIN: u64 = 1_000;
/// Longest of these pauses.
pub const STREAM_PAUSE_MS_MAX: u64 = 30_000;
/// Pause before a reading of a view that failed is tried again.
pub const READ_AGAIN_MS: u64 = 5_000;
/// How often a wall board looks whether the server's clock goes on: three of its ticks.
pub const WALL_LOOK_MS: u64 = 15_000;
/// Shortest time between two readings of one view, however fast news comes.
pub const READ_PAUSE_MS: u64 = 400;
/// How long typing must pause before a page asks the server about it.
pub const TYPING_PAUSE_MS: u64 = 250;
/// Targets, and alarms, that the command palette offers.
pub const PALETTE_ROWS_MAX: u32 = 8;
/// Days of a token's life that the form offers.
pub const TOKEN_DAYS_OFFERED: u32 = 90;

/// Longest line of an access log. A request has at most 16 KB of address and a user agent 8 KB, so
/// whatever is longer was not written by a load balancer.
pub const LOG_LINE_BYTES_MAX: usize = 1 << 20;
/// Bytes of a rejected line that are shown.
pub const LOG_SAMPLE_BYTES_MAX: usize = 200;
/// Bytes of a path, a user agent, … by which requests are counted; what is longer is cut.
pub const LOG_KEY_BYTES_MAX: usize = 1_024;
/// Memory of one list of paths, clients, …; when it is used up, the rarer half is forgotten.
pub const LOG_TALLY_BYTES_MAX: usize = 64 << 20;
/// Endpoints that are told apart while reading; beyond that, the rarer half is forgotten.
pub const LOG_ENDPOINTS_MAX: usize = 20_000;
/// Segments of a path that tell endpoints apart.
pub const LOG_SEGMENTS_MAX: usize = 16;
/// Names in one place of a path before the rare ones count as values of one parameter.
pub const LOG_SEGMENT_NAMES_MAX: usize = 64;
/// Minutes with requests that a report tells, nearly two years.
pub const LOG_MINUTES_MAX: usize = 1_000_000;
/// Bytes that a gzip file may expand to, however small it is.
pub const LOG_EXPANDED_BYTES_FREE: u64 = 1 << 30;
/// Beyond that, how many times its own size a gzip file may expand to; real logs reach 30.
pub const LOG_EXPANSION_MAX: u64 = 100;
/// Folders inside each other.
pub const LOG_FOLDERS_DEEP_MAX: usize = 64;
/// Entries of a list in a report, when nothing else is asked for.
pub const LOG_TOP_DEFAULT: usize = 20;
/// Most entries of a list in a report, and most rejected lines that are shown.
pub const LOG_TOP_MAX: usize = 10_000;

/// Sources that may call us about alarms.
pub const SOURCES_MAX: usize = 50;
/// Alarms of one source when the configuration does not say.
pub const SOURCE_ALARMS_DEFAULT: u32 = 1_000;
/// Most alarms of one source.
pub const SOURCE_ALARMS_MAX: u32 = 10_000;
/// Calls of one source in a minute when the configuration does not say.
pub const SOURCE_CALLS_A_MINUTE_DEFAULT: u32 = 300;
/// Most calls of one source in a minute.
pub const SOURCE_CALLS_A_MINUTE_MAX: u32 = 6_000;
/// Labels of one alarm, and annotations.
pub const LABELS_MAX: usize = 64;
/// Bytes of a label's name or value. Labels are an alarm's identity, so longer ones are refused.
pub const LABEL_BYTES_MAX: usize = 1_024;
/// Characters of an annotation that are kept.
pub const ANNOTATION_CHARS_MAX: usize = 2_000;
/// Bytes of an address that an alarm links to.
pub const LINK_BYTES_MAX: usize = 2_048;
/// How long what AWS told by events is kept.
pub const AWS_EVENTS_KEEP_MS: i64 = 14 * 24 * 3_600_000;
/// Events that are kept at most; the oldest give way.
pub const AWS_EVENTS_MAX: u32 = 100_000;
/// Queues of one account from which events are taken.
pub const QUEUES_PER_ACCOUNT_MAX: usize = 20;
/// Characters of a queue's name (Amazon SQS API Reference, CreateQueue).
pub const QUEUE_NAME_CHARS_MAX: usize = 80;
/// Messages in one taking (Amazon SQS API Reference, ReceiveMessage).
pub const QUEUE_BATCH_MAX: usize = 10;
/// Takings in one turn.
pub const QUEUE_BATCHES_PER_TURN_MAX: usize = 50;
/// How long a taking waits for the first message: well below a call's time-out.
pub const QUEUE_WAIT_S: u64 = 5;
/// How often a message is begun before it is set aside.
pub const QUEUE_TAKINGS_MAX: u32 = 5;
/// Messages that are set aside at most; what comes then stays in its queue.
pub const SET_ASIDE_MAX: u32 = 1_000;
/// How long what AWS told of spot instances is kept and shown.
pub const SPOT_NOTICES_MS: i64 = 30 * 24 * 3_600_000;
/// Notices of spot instances that are kept at most; the oldest give way.
pub const SPOT_NOTICES_KEPT_MAX: u32 = 100_000;
/// Notices of one target that are listed.
pub const SPOT_NOTICES_LISTED_MAX: u32 = 500;
/// How far back spot prices are shown; EC2 keeps 90 days (Amazon EC2 API Reference,
/// DescribeSpotPriceHistory).
pub const SPOT_PRICES_MS: i64 = 14 * 24 * 3_600_000;
/// For how long spot prices that were read are shown without asking again.
pub const SPOT_PRICES_KEPT_MS: i64 = 3_600_000;
/// Targets whose spot prices are kept.
pub const SPOT_PRICES_KEPT_MAX: usize = 200;
/// Instance types of one target whose spot prices are asked for.
pub const SPOT_PRICE_TYPES_MAX: usize = 10;
/// Prices on one page (Amazon EC2 API Reference, DescribeSpotPriceHistory: up to 1,000).
pub const SPOT_PRICE_ROWS_MAX: usize = 1_000;
/// Pages of spot prices of one target: ten types in six zones change some times a day.
pub const SPOT_PRICE_PAGES_MAX: usize = 20;
/// Records of CloudTrail on one page (AWS CloudTrail API Reference, LookupEvents: up to 50).
pub const TRAIL_ROWS_MAX: usize = 50;
/// Pages of one question to CloudTrail; a target is not written to so often.
pub const TRAIL_PAGES_MAX: usize = 3;
/// Calls that are told of one finding.
pub const TRAIL_CALLS_MAX: usize = 10;
/// Targets of one schedule about which CloudTrail is asked at a time: it answers two
/// questions a second.
pub const TRAIL_TARGETS_MAX: usize = 3;
/// How long before it was seen something may have been changed: polls may fail for a while.
pub const TRAIL_BEFORE_MS: i64 = 30 * 60_000;
/// Pause between two questions about one finding.
pub const TRAIL_PAUSE_MS: i64 = 5 * 60_000;
/// How late CloudTrail may tell of a call (AWS CloudTrail User Guide: on average within
/// five minutes, which is not promised).
pub const TRAIL_LATE_MS: i64 = 60 * 60_000;
/// How far from an instance's end lies what explains it.
pub const EXPLANATION_MS: i64 = 30 * 60_000;
/// How long an instance's end waits for its explanation before somebody is told.
pub const EXPLANATION_GRACE_MS: i64 = 60_000;
/// Events about one instance that are looked at for why it ended.
pub const WITNESSES_MAX: u32 = 50;
/// Ends of instances that are judged in one turn.
pub const ENDS_PER_TURN_MAX: u32 = 200;
/// How long the alarm about an instance that ended stands.
pub const ENDED_ALARM_MS: i64 = 24 * 3_600_000;
/// How long an alarm that a source called over stays in the list.
pub const REPORTED_OK_KEEP_MS: i64 = 7 * 24 * 3_600_000;
