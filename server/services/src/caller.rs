//! The contract, method by method: each is one line into the use case.

use crate::{
    Services, changes,
    cx::{Cx, settle},
    notifications,
};
use api::{
    ApiResult, Page, PageQuery,
    agent::{Agent, AgentReport},
    alarms::{AlarmChart, AlarmCount, AlarmDetail, AlarmQuery, AlarmRow, Alarms},
    audit::{Audit, AuditQuery, AuditRow},
    aws_events::{AwsEventDetail, AwsEventQuery, AwsEventRow, AwsEvents},
    calendars::{CalendarRow, Calendars, NewCalendar},
    capacity::{CapacitySample, TargetDetail, TargetQuery, TargetRow, Targets},
    changes::{ChangeDetail, ChangeQuery, ChangeRow, Changes, Preview},
    checks::{CheckList, CheckQuery, Checks},
    coverage::{Coverage, CoverageList},
    drills::{
        DrillDetail, DrillPreview, DrillRow, DrillSubject, Drills, NewDrill, RecurringDrillRow,
    },
    fit::{Fits, TargetTraffic},
    freezes::{Freezes, NewFreeze},
    log_lines::{AlarmLogs, Logs},
    log_queries::LogQueryView,
    notifications::{
        NotificationQuery, NotificationRow, Notifications, RouteExplanation, RouteQuestion,
        RouteTrial, RouteTried, Routing,
    },
    on_call::{NewCover, OnCall, OnCallBoard},
    overview::{Overview, Overviews},
    people::{NewPerson, People, PersonChange, PersonRow, Profile, SessionRow, Viewer},
    prices::{MonthPrices, PriceQuery, Prices},
    queues::{Queues, SetAsideDetail, SetAsideRow},
    sandbox::{Sandbox, SandboxAct, SandboxView},
    schedules::{Adoption, ScheduleDetail, ScheduleReading, ScheduleRow, Schedules},
    silences::{NewSilence, SilencePreview, SilenceRow, SilenceScope, Silences},
    sources::{SourceView, Sources, Trial, Tried},
    spot::{Spot, SpotPrices, SpotReport},
    system::{System, SystemView},
    timeline::{Timeline, TimelineQuery, Timelines},
    tokens::{MadeToken, NewToken, TokenRow, Tokens},
};
use async_trait::async_trait;
use domain::{
    alarms::AlarmTransition,
    approvals::Vote,
    changes::Proposal,
    channels::ChannelName,
    freezes::Freeze,
    ids::{
        AlarmId, AwsEventId, ChangeId, CoverId, DeliveryId, DrillId, FreezeId, PersonId, SessionId,
        SetAsideId, SilenceId, TargetId, TokenId,
    },
    on_call::RotationName,
};

/// One caller of the services.
pub(crate) struct Caller {
    s: Services,
    cx: Cx,
}

impl Caller {
    pub(crate) const fn new(s: Services, cx: Cx) -> Self {
        Self { s, cx }
    }
}

impl api::Backend for Caller {}

/// `method(arguments) -> answer = use case;` for every method of a trait.
macro_rules! contract {
    ($trait:ident { $($method:ident($($arg:ident: $ty:ty),*) -> $answer:ty = $use_case:path;)* }) => {
        #[async_trait]
        impl $trait for Caller {
            $(async fn $method(&self, $($arg: $ty),*) -> ApiResult<$answer> {
                settle(&self.cx, $use_case(&self.s, &self.cx, $($arg),*).await)
            })*
        }
    };
}

contract! { Alarms {
    list_alarms(query: AlarmQuery) -> Page<AlarmRow> = crate::alarms::list;
    count_alarms() -> Vec<AlarmCount> = crate::alarms::count;
    alarm(id: AlarmId) -> AlarmDetail = crate::alarms::detail;
    alarm_chart(id: AlarmId, hours: u32) -> AlarmChart = crate::alarms::chart;
    alarm_history(id: AlarmId) -> Vec<AlarmTransition> = crate::alarms::history;
    acknowledge_alarm(id: AlarmId, note: String) -> AlarmRow = crate::alarms::acknowledge;
    unacknowledge_alarm(id: AlarmId) -> AlarmRow = crate::alarms::unacknowledge;
}}

contract! { Logs {
    alarm_logs(id: AlarmId) -> AlarmLogs = crate::alarms::log_lines;
}}

contract! { Audit {
    list_audit(query: AuditQuery) -> Page<AuditRow> = crate::audit::list;
}}

contract! { AwsEvents {
    list_aws_events(query: AwsEventQuery) -> Page<AwsEventRow> = crate::aws_events::list;
    aws_event(id: AwsEventId) -> AwsEventDetail = crate::aws_events::detail;
}}

contract! { Calendars {
    list_calendars() -> Vec<CalendarRow> = crate::calendars::list;
    import_calendar(calendar: NewCalendar) -> Vec<FreezeId> = crate::calendars::import;
}}

contract! { Targets {
    list_targets(query: TargetQuery) -> Page<TargetRow> = crate::targets::list;
    target(id: TargetId) -> TargetDetail = crate::targets::detail;
    target_samples(id: TargetId, hours: u32) -> Vec<CapacitySample> = crate::targets::samples;
}}

contract! { Changes {
    list_changes(query: ChangeQuery) -> Page<ChangeRow> = changes::list;
    change(id: ChangeId) -> ChangeDetail = changes::detail;
    preview_change(proposal: Proposal) -> Preview = changes::preview;
    propose_change(proposal: Proposal, key: Option<String>) -> ChangeId = changes::propose;
    edit_change(id: ChangeId, proposal: Proposal, seen_hash: String) -> () = changes::edit;
    vote_change(id: ChangeId, vote: Vote, seen_hash: String, note: String) -> () = changes::vote;
    withdraw_change(id: ChangeId) -> () = changes::withdraw;
    comment_on_change(id: ChangeId, text: String) -> () = changes::comment;
    break_glass(id: ChangeId, seen_hash: String, reason: String) -> () = changes::break_glass;
    review_change(id: ChangeId, seen_hash: String, text: String) -> () = changes::review;
}}

contract! { Checks {
    list_checks(query: CheckQuery) -> CheckList = crate::checks::list;
}}

contract! { Agent {
    target_agent(id: TargetId) -> AgentReport = crate::agent::report;
}}

contract! { Coverage {
    list_coverage(query: CheckQuery) -> CoverageList = crate::coverage::list;
}}

contract! { Fits {
    target_traffic(id: TargetId) -> TargetTraffic = crate::fit::traffic;
}}

contract! { Freezes {
    list_freezes() -> Vec<Freeze> = crate::freezes::list;
    declare_freeze(freeze: NewFreeze) -> FreezeId = crate::freezes::declare;
    lift_freeze(id: FreezeId) -> () = crate::freezes::lift;
}}

contract! { Notifications {
    list_notifications(query: NotificationQuery) -> Page<NotificationRow> = notifications::list;
    send_again(id: DeliveryId) -> NotificationRow = notifications::send_again;
    routing() -> Routing = notifications::routing;
    test_channel(name: ChannelName) -> () = notifications::test_channel;
    explain_route(question: RouteQuestion) -> RouteExplanation = notifications::explain;
    try_routes(trial: RouteTrial) -> RouteTried = notifications::try_routes;
}}

contract! { OnCall {
    on_call() -> OnCallBoard = crate::on_call::board;
    on_call_calendar(rotation: RotationName) -> String = crate::on_call::calendar;
    add_cover(cover: NewCover) -> CoverId = crate::on_call::add;
    end_cover(id: CoverId) -> () = crate::on_call::end;
}}

contract! { Queues {
    list_set_aside(query: PageQuery) -> Page<SetAsideRow> = crate::queues::list;
    set_aside(id: SetAsideId) -> SetAsideDetail = crate::queues::detail;
    take_again(id: SetAsideId) -> () = crate::queues::take_again;
    discard_set_aside(id: SetAsideId) -> () = crate::queues::discard;
}}

contract! { Overviews {
    overview() -> Overview = crate::overview::overview;
}}

contract! { People {
    viewer() -> Viewer = crate::people::viewer;
    save_profile(profile: Profile) -> () = crate::people::save_profile;
    zone_names() -> Vec<String> = crate::people::zone_names;
    change_password(current: String, new: String) -> () = crate::people::change_password;
    list_sessions() -> Vec<SessionRow> = crate::sessions::list;
    end_session(id: SessionId) -> () = crate::sessions::end;
    list_people() -> Vec<PersonRow> = crate::people::list;
    add_person(person: NewPerson) -> PersonId = crate::people::add;
    change_person(id: PersonId, change: PersonChange) -> () = crate::people::change;
    reset_password(id: PersonId, password: String) -> () = crate::people::reset_password;
}}

contract! { Prices {
    prices(query: PriceQuery) -> MonthPrices = crate::prices::month;
}}

contract! { Sandbox {
    sandbox() -> SandboxView = crate::sandbox::view;
    sandbox_act(act: SandboxAct) -> SandboxView = crate::sandbox::act;
}}

contract! { Schedules {
    list_schedules() -> Vec<ScheduleRow> = crate::schedules::list;
    schedule(name: String) -> ScheduleDetail = crate::schedules::detail;
    adopt_actions(target: TargetId) -> Adoption = crate::schedules::adoption;
    read_schedule(text: String) -> ScheduleReading = crate::schedules::read;
}}

contract! { Drills {
    list_drills() -> Vec<DrillRow> = crate::drills::list;
    list_recurring_drills() -> Vec<RecurringDrillRow> = crate::drills::list_recurring;
    preview_drill(subject: DrillSubject) -> DrillPreview = crate::drills::preview;
    start_drill(drill: NewDrill) -> DrillId = crate::drills::start;
    drill(id: DrillId) -> DrillDetail = crate::drills::detail;
    end_drill(id: DrillId) -> () = crate::drills::end;
}}

contract! { Silences {
    list_silences() -> Vec<SilenceRow> = crate::silences::list;
    preview_silence(scope: SilenceScope) -> SilencePreview = crate::silences::preview;
    add_silence(silence: NewSilence) -> SilenceId = crate::silences::add;
    end_silence(id: SilenceId) -> () = crate::silences::end;
}}

contract! { Spot {
    target_spot(id: TargetId) -> SpotReport = crate::spot::report;
    target_spot_prices(id: TargetId) -> SpotPrices = crate::spot::prices;
}}

contract! { Sources {
    list_log_queries() -> Vec<LogQueryView> = crate::log_queries::list;
    list_sources() -> Vec<SourceView> = crate::source_views::list;
    try_mapping(trial: Trial) -> Tried = crate::source_views::try_mapping;
}}

contract! { System {
    system() -> SystemView = crate::system::view;
}}

contract! { Timelines {
    timeline(query: TimelineQuery) -> Timeline = crate::timeline::timeline;
}}

contract! { Tokens {
    list_tokens() -> Vec<TokenRow> = crate::tokens::list;
    make_token(token: NewToken) -> MadeToken = crate::tokens::make;
    revoke_token(id: TokenId) -> () = crate::tokens::revoke;
}}
