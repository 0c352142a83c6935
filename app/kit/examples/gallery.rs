//! Every component on one page, to be looked at: writes
//! `target/gallery/{en,ko}-{light,dark}.html` with the style sheet inside.
//! Run it from the root of the project with the feature `ssr`.

use kit::chart::*;
use kit::*;
use leptos::prelude::*;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const HOUR_MS: i64 = 3_600_000;

/// Picks one of two texts.
#[derive(Clone, Copy)]
struct Words {
    korean: bool,
}

impl Words {
    fn of(self, english: &str, korean: &str) -> String {
        if self.korean {
            korean.to_owned()
        } else {
            english.to_owned()
        }
    }
}

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sheets = Vec::new();
    collect_sheets(&root.join("style"), &mut sheets)?;
    sheets.sort();
    let css = sheets
        .iter()
        .map(fs::read_to_string)
        .collect::<io::Result<Vec<_>>>()?
        .join("\n");
    let folder = root.join("target/gallery");
    fs::create_dir_all(&folder)?;
    for korean in [false, true] {
        let words = Words { korean };
        let body = Owner::new().with(|| view! { <Gallery words/> }.into_view().to_html());
        let lang = if korean { "ko" } else { "en" };
        for theme in ["light", "dark"] {
            let page = format!(
                "<!doctype html><html lang=\"{lang}\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>kit</title>\
                 <style>{css}</style></head><body>{body}</body></html>"
            );
            fs::write(folder.join(format!("{lang}-{theme}.html")), page)?;
        }
    }
    Ok(())
}

fn collect_sheets(folder: &Path, sheets: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_sheets(&path, sheets)?;
        } else if path.extension().is_some_and(|extension| extension == "css") {
            sheets.push(path);
        }
    }
    Ok(())
}

#[component]
fn Gallery(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    provide_toasts();
    view! {
        <div class="shell">
            <SkipLink text=t("Skip to content", "본문으로 건너뛰기")/>
            <header class="topbar">
                <a class="brand" href="#"><Icon glyph=Glyph::Lamp/><span>"Console"</span></a>
                <button class="palette-button" type="button">
                    <Icon glyph=Glyph::Search/><span>{t("Search or jump to…", "검색 또는 이동…")}</span><Kbd>"Ctrl K"</Kbd>
                </button>
                <div class="topbar-end">
                    <IconButton glyph=Glyph::Moon label=t("Dark theme", "어두운 테마")/>
                    <Menu label=t("Account", "계정") button=move || view! { <Icon glyph=Glyph::User/><span class="button-text">"mina"</span> }>
                        <a class="menu-item" href="#"><Icon glyph=Glyph::Gear/>{t("Profile", "프로필")}</a>
                        <button class="menu-item" type="button"><Icon glyph=Glyph::Logout/>{t("Sign out", "로그아웃")}</button>
                    </Menu>
                </div>
            </header>
            <nav class="sidenav" aria-label=t("Main", "주 메뉴")>
                <ul>
                    <li><a href="#"><Icon glyph=Glyph::Activity/><span>{t("Overview", "개요")}</span></a></li>
                    <li><a href="#" aria-current="page"><Icon glyph=Glyph::Bell/><span>{t("Alarms", "알람")}</span>
                        <span class="nav-count" data-tone="alarm">"3"</span></a></li>
                    <li><a href="#"><Icon glyph=Glyph::Scale/><span>{t("Capacity", "용량")}</span></a></li>
                    <li><a href="#"><Icon glyph=Glyph::Shield/><span>{t("Approvals", "승인")}</span><span class="nav-count">"2"</span></a></li>
                    <li><a href="#"><Icon glyph=Glyph::Book/><span>{t("Audit", "감사")}</span></a></li>
                </ul>
            </nav>
            <aside class="banner" data-tone="info" aria-label=t("Notice", "안내")>
                <ToneMark tone=Tone::Info/>
                {t("Sandbox: a simulated estate. Nothing here reaches a real account.", "샌드박스: 모의 환경입니다. 실제 계정에는 아무 영향이 없습니다.")}
            </aside>
            <main class="page" id="main" tabindex="-1">
                <Head words/>
                <Charts words/>
                <List words/>
                <div class="split">
                    <Form words/>
                    <Aside words/>
                </div>
                <Odds words/>
            </main>
            <Dialogs words/>
            <ToastRegion label=t("Messages", "알림") dismiss_label=t("Dismiss", "닫기")/>
        </div>
    }
}

#[component]
fn Head(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    view! {
        <PageHeader
            title=t("checkout-web · requests per target", "checkout-web · 대상당 요청 수")
            subtitle=t("The group follows its target with a delay of four minutes.", "그룹은 4분 지연으로 목표를 따라갑니다.")
            above=move || view! {
                <Breadcrumbs label=t("You are here", "현재 위치") crumbs=vec![
                    Crumb { label: t("Alarms", "알람"), href: Some("#".into()) },
                    Crumb { label: "checkout-web".into(), href: None },
                ]/>
            }
            beside=move || view! { <StateChip tone=Tone::Alarm label=t("In alarm", "알람 발생")/><Badge>"prod"</Badge> }
            actions=move || view! {
                <Button glyph=Glyph::Check>{t("Acknowledge", "확인")}</Button>
                <LinkButton href="#" variant=ButtonVariant::Primary glyph=Glyph::Plus>{t("Propose event", "이벤트 제안")}</LinkButton>
            }
        />
        <Tabs label=t("Views", "보기") tabs=vec![
            Tab { label: t("Now", "현재"), href: "#".into(), current: true, count: Some("3".into()), ..Tab::default() },
            Tab { label: t("History", "기록"), href: "#".into(), ..Tab::default() },
            Tab { label: t("Settings", "설정"), disabled_reason: Some(t("This needs the role admin.", "관리자 역할이 필요합니다.")), ..Tab::default() },
        ]/>
        <div class="stats">
            <Stat label=t("In alarm", "알람 발생") value="3" note=t("1 unacknowledged", "미확인 1건") tone=Tone::Alarm href="#"/>
            <Stat label=t("Waiting for me", "내 승인 대기") value="2" note=t("oldest 14 min", "가장 오래된 건 14분") tone=Tone::Warning href="#"/>
            <Stat label=t("Instances in service", "서비스 중 인스턴스") value="148" unit="/ 152"/>
            <Stat label=t("Requests", "요청") value="18.4" unit="k/s" note=t("+12 % since yesterday", "어제보다 +12 %")/>
        </div>
    }
}

fn format(unit: &'static str) -> ChartFormat {
    let clock = |at_ms: i64| {
        let minute = (at_ms + 9 * HOUR_MS).div_euclid(60_000).rem_euclid(1_440);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    };
    ChartFormat::new(
        9 * HOUR_MS,
        move |at_ms, _| clock(at_ms),
        move |at_ms| format!("11-21 {}", clock(at_ms)),
        move |value| format!("{}{unit}", (value * 10.0).round() / 10.0),
    )
}

fn wave(
    points: i64,
    step_ms: i64,
    middle: f64,
    height: f64,
    gap: std::ops::Range<i64>,
) -> Vec<(i64, Option<f64>)> {
    (0..points)
        .map(|index| {
            let angle = index as f64 / 17.0;
            let value = middle + height * (angle.sin() + 0.3 * (angle * 4.7).sin());
            (index * step_ms, (!gap.contains(&index)).then_some(value))
        })
        .collect()
}

#[component]
fn Charts(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    let text = move |title: String| ChartText {
        title,
        table: t("Values as a table", "표로 보기"),
        time: t("Time", "시각"),
        empty: t(
            "Nothing was measured in this time.",
            "이 기간에 측정된 값이 없습니다.",
        ),
        missing: t("no data", "데이터 없음"),
    };
    let cpu = ChartData {
        from_ms: 0,
        to_ms: 6 * HOUR_MS,
        series: vec![
            Series::new("ap-northeast-2a", wave(73, 300_000, 52.0, 24.0, 30..34)),
            Series::new("ap-northeast-2c", wave(73, 300_000, 40.0, 12.0, 0..0)),
        ],
        threshold: Some(Threshold {
            value: 80.0,
            label: t("≥ 80 % for 5 min", "5분간 ≥ 80 %"),
        }),
        bands: vec![Band {
            from_ms: HOUR_MS,
            to_ms: 2 * HOUR_MS,
            label: t("in alarm", "알람"),
            tone: Tone::Alarm,
        }],
        markers: vec![Marker {
            at_ms: 5 * HOUR_MS,
            label: t("event begins", "이벤트 시작"),
            tone: Tone::Info,
        }],
        ..ChartData::default()
    };
    let steps: Vec<(i64, Option<f64>)> =
        [(0, 4.0), (1, 4.0), (2, 9.0), (3, 12.0), (5, 6.0), (6, 6.0)]
            .map(|(hour, n)| (hour * HOUR_MS, Some(n)))
            .to_vec();
    let lag: Vec<(i64, Option<f64>)> = steps
        .iter()
        .map(|&(at_ms, n)| (at_ms + 600_000, n.map(|n| n - 0.5)))
        .collect();
    let capacity = ChartData {
        from_ms: 0,
        to_ms: 6 * HOUR_MS,
        series: vec![
            Series::new(t("Desired", "목표"), steps),
            Series::new(t("In service", "서비스 중"), lag),
        ],
        bands: vec![Band {
            from_ms: 2 * HOUR_MS,
            to_ms: 5 * HOUR_MS,
            label: t("Course registration", "수강 신청"),
            tone: Tone::Info,
        }],
        ..ChartData::default()
    };
    let requests = ChartData {
        from_ms: 0,
        to_ms: 24 * HOUR_MS,
        series: vec![Series::new(
            t("Requests", "요청"),
            wave(145, 600_000, 9_000.0, 5_000.0, 0..0),
        )],
        ..ChartData::default()
    };
    let bars = (0..24)
        .map(|hour| Bar {
            label: format!("{hour:02}"),
            value: f64::from((hour * 37 % 23) + hour / 2),
            tone: if hour == 9 {
                Tone::Alarm
            } else {
                Tone::Neutral
            },
        })
        .collect::<Vec<_>>();
    view! {
        <Card title=t("CPU utilisation", "CPU 사용률")>
            <LineChart data=cpu text=text(t("CPU by zone", "가용 영역별 CPU")) format=format(" %") size=ChartSize::Large/>
        </Card>
        <div class="grid">
            <Card><StepChart data=capacity text=text(t("Capacity", "용량")) format=format("")/></Card>
            <Card><AreaChart data=requests text=text(t("Requests, last 24 h", "최근 24시간 요청")) format=format("")/></Card>
            <Card><BarChart bars text=text(t("Alarms per hour", "시간당 알람")) value_head=t("Alarms", "알람")
                value_format=|value: f64| format!("{value}")/></Card>
            <Card><LineChart data=ChartData::default() text=text(t("Errors", "오류")) format=format("") size=ChartSize::Small/></Card>
        </div>
    }
}

#[component]
fn List(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    let rows = [
        (
            "checkout-web-p99",
            Tone::Alarm,
            t("In alarm", "알람 발생"),
            "prod",
            "1,240 ms",
            9.0,
        ),
        (
            "orders-queue-depth",
            Tone::Warning,
            t("Acknowledged", "확인됨"),
            "prod",
            "18,204",
            4.0,
        ),
        (
            "search-api-5xx",
            Tone::Ok,
            t("OK", "정상"),
            "staging",
            "0.02 %",
            1.0,
        ),
        (
            "image-resizer-a-rather-long-name-that-somebody-gave-it",
            Tone::Unknown,
            t("No data", "데이터 없음"),
            "dev",
            "—",
            2.0,
        ),
    ];
    let columns = vec![
        Column::text(t("Alarm", "알람")).sort(Sorted::Ascending, "#"),
        Column::text(t("State", "상태")).sort(Sorted::No, "#"),
        Column::text(t("Environment", "환경")),
        Column::number(t("Value", "값")).sort(Sorted::No, "#"),
        Column::text(t("Last hour", "최근 1시간")),
        Column::text(t("Since", "시작")),
        Column::actions(t("Actions", "작업")),
    ];
    let body = rows.into_iter().enumerate().map(|(index, (name, tone, state, environment, value, seed))| {
        let points: Vec<Option<f64>> =
            (0..30).map(|i| (i != 12).then(|| (f64::from(i) * seed / 7.0).sin() + f64::from(i) / 20.0)).collect();
        view! {
            <Row selected=index == 1>
                <Cell heading=true truncate=true><a href="#">{name}</a></Cell>
                <Cell label=t("State", "상태")><StateChip tone label=state/></Cell>
                <Cell label=t("Environment", "환경")><Badge>{environment}</Badge></Cell>
                <Cell label=t("Value", "값") numeric=true>{value}</Cell>
                <Cell label=t("Last hour", "최근 1시간")><Spark values=points label="1 → 2"/></Cell>
                <Cell label=t("Since", "시작")>
                    <Time text=t("3 min ago", "3분 전") datetime="2026-11-21T01:00:00Z" title="2026-11-21 01:00:00 UTC"/>
                </Cell>
                <Cell><Button size=ButtonSize::Small>{t("Acknowledge", "확인")}</Button></Cell>
            </Row>
        }
    }).collect_view();
    view! {
        <FilterBar label=t("Filter alarms", "알람 필터") action="#" actions=move || view! {
            <Button kind=ButtonType::Submit glyph=Glyph::Filter>{t("Apply", "적용")}</Button>
            <LinkButton href="#" variant=ButtonVariant::Ghost>{t("Reset", "초기화")}</LinkButton>
        }>
            <Field name="q" label=t("Text", "검색어")><Input name="q" kind=InputKind::Search placeholder=t("Name or tag", "이름 또는 태그")/></Field>
            <Field name="state" label=t("State", "상태")>
                <Select name="state" value="alarm" choices=vec![Choice::new("", t("Any", "전체")), Choice::new("alarm", t("In alarm", "알람 발생"))]/>
            </Field>
            <Field name="env" label=t("Environment", "환경")>
                <Select name="env" choices=vec![Choice::new("", t("Any", "전체")), Choice::new("prod", "prod")]/>
            </Field>
        </FilterBar>
        <Card flush=true title=t("Alarms", "알람") actions=move || view! { <IconButton glyph=Glyph::Refresh label=t("Refresh", "새로 고침") size=ButtonSize::Small/> }>
            <Table caption=t("Alarms", "알람") columns>{body}</Table>
            <Pagination label=t("Pages", "페이지") previous_label=t("Previous", "이전") next_label=t("Next", "다음") next="#"
                summary=t("1–50 of 412", "412건 중 1–50") pages=vec![
                    PageLink { label: "1".into(), href: "#".into(), current: true },
                    PageLink { label: "2".into(), href: "#".into(), current: false },
                ]/>
        </Card>
    }
}

#[component]
fn Form(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    view! {
        <Card title=t("Propose a scale event", "스케일 이벤트 제안")>
            <form class="form">
                <Callout tone=Tone::Warning title=t("Collides with a scheduled action", "예약 작업과 충돌합니다")>
                    {t("\"nightly-down\" sets the group to 4 at 02:00.", "\"nightly-down\"이 02:00에 그룹을 4로 설정합니다.")}
                </Callout>
                <Field name="title" label=t("Title", "제목") required=true><Input name="title" value=t("Course registration", "수강 신청")/></Field>
                <div class="form-row">
                    <Field name="desired" label=t("Instances", "인스턴스 수") required=true
                        error=t("At most 20: the group's maximum.", "최대 20: 그룹의 상한입니다.")>
                        <NumberInput name="desired" value="24" unit=t("instances", "대")/>
                    </Field>
                    <Field name="from" label=t("From", "시작") hint=t("Asia/Seoul (UTC+9)", "Asia/Seoul (UTC+9)")>
                        <DateTimeInput name="from" value="2026-11-23T08:30"/>
                    </Field>
                    <Field name="to" label=t("To", "종료")><DateTimeInput name="to" value="2026-11-23T12:00"/></Field>
                </div>
                <Field name="reason" label=t("Reason", "사유") hint=t("The approver reads it.", "승인자가 읽습니다.")>
                    <TextArea name="reason" placeholder=t("Why this size, why now?", "왜 이 크기이고, 왜 지금인가요?")/>
                </Field>
                <RadioGroup name="return" label=t("Afterwards", "이후") value="schedule" choices=vec![
                    Choice::new("schedule", t("Return by itself", "자동 복귀")).hint(t("By AWS scheduled actions, even when this console is down.", "콘솔이 중단되어도 AWS 예약 작업으로 복귀합니다.")),
                    Choice::new("stay", t("Stay", "유지")),
                ]/>
                <Checkbox name="notify" label=t("Tell the channel", "채널에 알리기") checked=true/>
                <div class="actions">
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary>{t("Propose", "제안")}</Button>
                    <Button disabled_reason=t("You wrote it yourself; another person approves.", "본인이 작성했으므로 다른 사람이 승인해야 합니다.")>{t("Approve", "승인")}</Button>
                    <Button variant=ButtonVariant::Danger busy=true>{t("Cancel event", "이벤트 취소")}</Button>
                    <Button variant=ButtonVariant::Ghost>{t("Discard", "버리기")}</Button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn Aside(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    let step = |label: String, state: StepState, state_label: String, note: Option<String>| Step {
        label,
        state,
        state_label,
        note,
    };
    view! {
        <div class="stack">
            <Card title=t("Facts", "정보")>
                <KeyValues>
                    <KeyValue label=t("Region", "리전")>"ap-northeast-2"</KeyValue>
                    <KeyValue label=t("Bounds", "범위")><span class="numeric">"2 – 20"</span></KeyValue>
                    <KeyValue label="ARN"><CopyText text="arn:aws:autoscaling:ap-northeast-2:…:checkout-web" copy_label=t("Copy", "복사") copied_label=t("Copied", "복사됨")/></KeyValue>
                </KeyValues>
            </Card>
            <Card title=t("Steps", "단계")>
                <Stepper label=t("Steps", "단계") steps=vec![
                    step(t("Record intent", "의도 기록"), StepState::Done, t("Done", "완료"), Some("08:29:58".into())),
                    step(t("Raise the minimum", "최소값 올리기"), StepState::Running, t("Running", "진행 중"), None),
                    step(t("Read back", "결과 확인"), StepState::Waiting, t("Waiting", "대기"), None),
                    step(t("Old step", "이전 단계"), StepState::Failed, t("Failed", "실패"), Some(t("Throttled; tried again at 08:31", "요청 제한; 08:31 재시도"))),
                ]/>
            </Card>
            <Card title=t("History", "기록")>
                <Timeline label=t("History", "기록")>
                    <TimelineItem tone=Tone::Alarm title=t("Went into alarm", "알람 발생") who="CloudWatch"
                        when=move || view! { <Time text="08:12" datetime="2026-11-20T23:12:00Z" title="2026-11-20 23:12:00 UTC"/> }>
                        {t("Three points above 80 %.", "80 %를 넘은 값 3개.")}
                    </TimelineItem>
                    <TimelineItem tone=Tone::Info title=t("Acknowledged", "확인됨") who="mina"/>
                    <TimelineItem tone=Tone::Ok title=t("Back to OK", "정상 복귀")/>
                </Timeline>
            </Card>
        </div>
    }
}

#[component]
fn Dialogs(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    let item = |label: String, hint: String, glyph: Glyph| PaletteItem {
        value: label.clone(),
        label,
        hint: Some(hint),
        keywords: String::new(),
        glyph,
    };
    view! {
        <ConfirmDialog open=RwSignal::new(false) title=t("Cancel the event?", "이벤트를 취소할까요?") danger=true
            confirm_label=t("Cancel event", "이벤트 취소") cancel_label=t("Keep it", "유지") on_confirm=|()| ()>
            <p>{t("checkout-web returns to 4 instances now; its scheduled actions are removed.",
                "checkout-web이 지금 4대로 돌아가고 예약 작업은 삭제됩니다.")}</p>
        </ConfirmDialog>
        <CommandPalette open=RwSignal::new(false) title=t("Jump to", "이동") placeholder=t("Search or jump to…", "검색 또는 이동…")
            empty_text=t("Nothing matches.", "일치하는 항목이 없습니다.") on_pick=|_: String| ()
            items=vec![
                item(t("Alarms", "알람"), t("Page", "페이지"), Glyph::Bell),
                item("checkout-web".into(), t("Group in prod", "prod 그룹"), Glyph::Server),
                item(t("Propose a scale event", "스케일 이벤트 제안"), t("Action", "작업"), Glyph::Plus),
            ]/>
    }
}

#[component]
fn Odds(words: Words) -> impl IntoView {
    let t = move |english: &str, korean: &str| words.of(english, korean);
    let tones = [
        Tone::Ok,
        Tone::Alarm,
        Tone::Warning,
        Tone::Info,
        Tone::Unknown,
        Tone::Neutral,
    ];
    view! {
        <div class="grid">
            <Card><EmptyState glyph=Glyph::Bell title=t("No alarm needs you", "처리할 알람이 없습니다")
                text=t("Alarms appear here within ten seconds of their change.", "알람은 변경 후 10초 안에 여기에 나타납니다.")>
                <LinkButton href="#">{t("All alarms", "모든 알람")}</LinkButton>
            </EmptyState></Card>
            <Card><ErrorState title=t("The metric could not be read", "지표를 읽지 못했습니다")
                text=t("AWS answered \"throttled\". It is tried again every ten seconds.", "AWS가 요청을 제한했습니다. 10초마다 다시 시도합니다.")
                reference="req_01JD2Z" retry_label=t("Try now", "지금 시도") on_retry=|()| ()/></Card>
            <Card title=t("Loading", "불러오는 중")><Skeleton lines=4 label=t("Loading", "불러오는 중")/><Spinner label=t("Loading", "불러오는 중")/></Card>
            <Card title=t("Tones", "상태")>
                <div class="row">{tones.map(|tone| view! { <StateChip tone label=tone.as_str()/> }).collect_view()}</div>
                <div class="row">{tones.map(|tone| view! { <Badge tone>{tone.as_str()}</Badge> }).collect_view()}</div>
                {tones.map(|tone| view! { <Callout tone title=tone.as_str()/> }).collect_view()}
            </Card>
            <Card title=t("Icons", "아이콘")>
                <div class="row">{Glyph::ALL.map(|glyph| view! { <Icon glyph/> }).collect_view()}</div>
                <div class="row">
                    <Button size=ButtonSize::Small>"S"</Button><Button>"M"</Button><Button size=ButtonSize::Large>"L"</Button>
                    <IconButton glyph=Glyph::Play label=t("Play", "재생") pressed=true/>
                    <IconButton glyph=Glyph::Pause label=t("Pause", "일시 정지") disabled_reason=t("Not running", "실행 중 아님")/>
                </div>
            </Card>
            <Card title=t("Steps side by side", "가로 단계")>
                <Stepper horizontal=true label="x" steps=vec![
                    Step { label: t("Proposed", "제안"), state: StepState::Done, state_label: t("Done", "완료"), note: None },
                    Step { label: t("Approved", "승인"), state: StepState::Running, state_label: t("Waiting for one", "1명 대기"), note: None },
                    Step { label: t("Applied", "적용"), state: StepState::Waiting, state_label: t("Waiting", "대기"), note: None },
                ]/>
            </Card>
        </div>
    }
}
