//! Each component's promise, read from the HTML the server sends.

use kit::chart::*;
use kit::*;
use leptos::prelude::*;
use std::collections::HashSet;

/// Renders under an owner, as the server does; without the marks that Leptos
/// leaves for hydration.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner
        .with(|| view().into_view().to_html())
        .replace("<!>", "")
        .replace("<!--<() />-->", "")
}

/// The first start tag of an element.
fn tag<'a>(html: &'a str, element: &str) -> &'a str {
    let start = html
        .find(&format!("<{element}"))
        .unwrap_or_else(|| panic!("no <{element}> in {html}"));
    let end = html[start..].find('>').expect("a start tag ends");
    &html[start..=start + end]
}

const SCRIPT: &str = "</textarea></select><script>alert(1)</script>\"'>";

#[test]
fn whatever_a_person_typed_stays_text() {
    let page = html(|| {
        let typed = || SCRIPT.to_owned();
        view! {
            <Field name="a" label=typed() hint=typed() error=typed()>
                <TextArea name="a" value=typed() placeholder=typed()/>
            </Field>
            <Input name=typed() value=typed() placeholder=typed() aria_label=typed()/>
            <Select name="s" value=typed() choices=vec![Choice::new(typed(), typed())]/>
            <RadioGroup name="r" label=typed() choices=vec![Choice::new(typed(), typed()).hint(typed())] error=typed()/>
            <Checkbox name="c" label=typed() value=typed() hint=typed()/>
            <Table caption=typed() columns=vec![Column::text(typed()).sort(Sorted::No, typed())]>
                <Row><Cell label=typed()>{typed()}</Cell></Row>
            </Table>
            <Spark values=vec![Some(1.0)] label=typed()/>
            <StateChip tone=Tone::Ok label=typed()/>
        }
    });
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
}

#[test]
fn a_text_area_has_no_children() {
    let page = html(|| view! { <TextArea name="reason" value="why"/> });
    let (_, rest) = page.split_once("<textarea").expect("a text area");
    let (_, content) = rest.split_once('>').expect("its start tag ends");
    assert!(content.starts_with("</textarea>"), "{page}");
}

#[test]
fn a_field_ties_label_hint_and_error_to_its_control() {
    let page = html(|| {
        view! {
            <Field name="size" label="Size" hint="Instances" error="Too many" required=true>
                <NumberInput name="size" value="12" min=0 max=10/>
            </Field>
        }
    });
    assert!(
        tag(&page, "label").contains(r#" for="field-size""#),
        "{page}"
    );
    let input = tag(&page, "input");
    for attribute in [
        r#"id="field-size""#,
        r#"name="size""#,
        r#"value="12""#,
        r#"min="0""#,
        r#"max="10""#,
        r#"aria-describedby="field-size-error field-size-hint""#,
        r#"aria-invalid="true""#,
        r#"aria-required="true""#,
    ] {
        assert!(input.contains(attribute), "no {attribute} in {input}");
    }
    assert!(
        page.contains(r#"id="field-size-error""#) && page.contains(r#"id="field-size-hint""#),
        "{page}"
    );
}

#[test]
fn a_field_tells_what_is_wrong_while_it_is_typed() {
    let page = html(|| {
        view! {
            <Field name="size" label="Size" typed="Enter a number." error="Too large.">
                <Input name="size" value="x"/>
            </Field>
        }
    });
    assert!(
        page.contains("Enter a number.") && !page.contains("Too large."),
        "{page}"
    );
    assert_eq!(page.matches("class=\"field-error\"").count(), 1, "{page}");
}

#[test]
fn a_field_without_error_or_hint_points_at_nothing() {
    let page = html(|| view! { <Field name="size" label="Size"><Input name="size"/></Field> });
    let input = tag(&page, "input");
    assert!(
        !input.contains("aria-describedby") && !input.contains("aria-invalid"),
        "{input}"
    );
    assert!(
        !page.contains("field-error") && !page.contains("field-hint"),
        "{page}"
    );
}

#[test]
fn fields_do_not_share_their_wiring() {
    let page = html(|| {
        view! {
            <Field name="a" label="A" error="bad"><Input name="a"/></Field>
            <Field name="b" label="B"><Input name="b"/></Field>
            <Input name="c"/>
        }
    });
    let inputs: Vec<&str> = page
        .match_indices("<input")
        .map(|(at, _)| tag(&page[at..], "input"))
        .collect();
    assert!(
        inputs[0].contains(r#"id="field-a""#) && inputs[0].contains("aria-invalid"),
        "{}",
        inputs[0]
    );
    assert!(
        inputs[1].contains(r#"id="field-b""#) && !inputs[1].contains("aria-invalid"),
        "{}",
        inputs[1]
    );
    assert!(!inputs[2].contains(" id="), "{}", inputs[2]);
}

#[test]
fn a_blocked_button_stays_focusable_and_says_why() {
    let page = html(|| {
        view! {
            <Button kind=ButtonType::Submit disabled_reason="You wrote it yourself">"Approve"</Button>
        }
    });
    let button = tag(&page, "button");
    assert!(button.contains(r#"aria-disabled="true""#), "{button}");
    assert!(
        button.contains(r#"aria-description="You wrote it yourself""#),
        "{button}"
    );
    // Not sent by a browser without the program either.
    assert!(button.contains(r#"type="button""#), "{button}");
    assert!(!button.contains(" disabled"), "{button}");
    // The visible reason is not part of the name.
    assert!(
        page.contains(r#"<span aria-hidden="true" class="tip">You wrote it yourself</span>"#),
        "{page}"
    );
}

#[test]
fn a_free_button_keeps_its_type_and_says_nothing() {
    let nothing: Option<String> = None;
    let page = html(|| {
        view! {
            <Button kind=ButtonType::Submit variant=ButtonVariant::Primary disabled_reason=nothing>"Send"</Button>
        }
    });
    let button = tag(&page, "button");
    assert!(
        button.contains(r#"type="submit""#) && button.contains(r#"data-variant="primary""#),
        "{button}"
    );
    assert!(!button.contains("aria-") && !page.contains("tip"), "{page}");
}

#[test]
fn an_icon_is_decoration_or_has_a_name() {
    let decoration = html(|| view! { <Icon glyph=Glyph::Bell/> });
    assert!(
        tag(&decoration, "svg").contains(r#"aria-hidden="true""#),
        "{decoration}"
    );
    let image = html(|| view! { <Icon glyph=Glyph::Bell label="Alarms"/> });
    let svg = tag(&image, "svg");
    assert!(
        svg.contains(r#"role="img""#) && svg.contains(r#"aria-label="Alarms""#),
        "{svg}"
    );
    assert!(!svg.contains("aria-hidden"), "{svg}");
    let button = html(|| view! { <IconButton glyph=Glyph::X label="Close"/> });
    assert!(
        tag(&button, "button").contains(r#"aria-label="Close""#),
        "{button}"
    );
}

#[test]
fn every_glyph_is_drawn_and_differs() {
    let drawn: HashSet<String> = Glyph::ALL
        .into_iter()
        .map(|glyph| html(|| view! { <Icon glyph/> }))
        .collect();
    assert_eq!(drawn.len(), Glyph::ALL.len());
}

#[test]
fn every_tone_has_its_own_attribute() {
    let tones = [
        Tone::Ok,
        Tone::Alarm,
        Tone::Warning,
        Tone::Info,
        Tone::Unknown,
        Tone::Neutral,
    ];
    let drawn: HashSet<String> = tones
        .into_iter()
        .map(|tone| html(|| view! { <ToneMark tone/> }))
        .collect();
    assert_eq!(drawn.len(), tones.len());
}

#[test]
fn choices_show_what_is_picked() {
    let page = html(|| {
        view! {
            <Select name="env" value="prod" choices=vec![
                Choice::new("dev", "Dev"),
                Choice::new("prod", "Prod"),
                Choice::new("old", "Old").disabled(true),
            ]/>
            <Checkbox name="notify" label="Tell them" checked=true/>
        }
    });
    assert_eq!(page.matches(" selected").count(), 1, "{page}");
    assert!(page.contains(r#"<option value="prod" selected"#), "{page}");
    assert!(page.contains(r#"<option value="old" disabled"#), "{page}");
    assert!(tag(&page, "input").contains(" checked"), "{page}");
}

#[test]
fn a_radio_group_is_named_and_has_one_answer() {
    let page = html(|| {
        view! {
            <RadioGroup name="when" label="When" value="later" error="Pick one"
                choices=vec![Choice::new("now", "Now"), Choice::new("later", "Later")]/>
        }
    });
    assert_eq!(page.matches(" checked").count(), 1, "{page}");
    assert!(
        tag(&page, "fieldset").contains(r#"aria-describedby="field-when-error""#),
        "{page}"
    );
    assert!(
        page.contains(r#"id="field-when-error""#) && page.contains("<legend"),
        "{page}"
    );
}

#[test]
fn a_table_says_how_it_is_sorted_and_names_its_cells() {
    let page = html(|| {
        view! {
            <Table caption="Groups" dense=true columns=vec![
                Column::text("Name").sort(Sorted::Ascending, "/groups?sort=-name"),
                Column::number("Max").sort(Sorted::No, "/groups?sort=max"),
                Column::actions("Actions"),
            ]>
                <Row><Cell heading=true>"web"</Cell><Cell label="Max" numeric=true>"12"</Cell><Cell>"…"</Cell></Row>
            </Table>
        }
    });
    assert!(
        page.contains(r#"aria-sort="ascending""#) && page.contains(r#"aria-sort="none""#),
        "{page}"
    );
    assert!(page.contains(r#"href="/groups?sort=-name""#), "{page}");
    assert!(
        page.contains(r#"<th role="rowheader" scope="row""#),
        "{page}"
    );
    assert!(
        page.contains(r#"data-label="Max" data-numeric="true""#),
        "{page}"
    );
    // It scrolls sideways, so the keyboard must reach it, and it needs a name.
    let region = tag(&page, "div");
    assert!(
        region.contains(r#"tabindex="0""#) && region.contains(r#"aria-label="Groups""#),
        "{region}"
    );
}

#[test]
fn a_step_that_leads_nowhere_is_no_link() {
    let page = html(|| {
        view! {
            <Pagination label="Pages" previous_label="Back" next_label="On" next="/a?after=9" summary="1–50 of 412"/>
        }
    });
    assert_eq!(page.matches("<a ").count(), 1, "{page}");
    assert!(page.contains(r#"rel="next" href="/a?after=9""#), "{page}");
}

#[test]
fn links_say_where_we_are() {
    let page = html(|| {
        view! {
            <Tabs label="Views" tabs=vec![
                Tab { label: "All".into(), href: "/a".into(), current: true, count: Some("3".into()), ..Tab::default() },
                Tab { label: "Mine".into(), href: "/b".into(), ..Tab::default() },
            ]/>
            <Breadcrumbs label="Here" crumbs=vec![
                Crumb { label: "Alarms".into(), href: Some("/alarms".into()) },
                Crumb { label: "cpu".into(), href: None },
            ]/>
        }
    });
    assert_eq!(page.matches(r#"aria-current="page""#).count(), 2, "{page}");
}

#[test]
fn dialogs_are_closed_and_named_on_the_server() {
    let page = html(|| {
        view! {
            <ConfirmDialog open=RwSignal::new(true) title="Cancel it?" confirm_label="Cancel event"
                cancel_label="Keep" danger=true on_confirm=|()| ()>"The group returns to 4."</ConfirmDialog>
        }
    });
    let dialog = tag(&page, "dialog");
    // `open` on the server would show it without its backdrop and its focus trap.
    assert!(!dialog.contains(" open"), "{dialog}");
    assert!(dialog.contains(r#"aria-label="Cancel it?""#), "{dialog}");
    assert!(page.contains(r#"data-variant="danger""#), "{page}");
}

#[test]
fn toasts_have_a_polite_and_an_urgent_region() {
    let page = html(|| {
        provide_toasts();
        view! { <ToastRegion label="Messages" dismiss_label="Dismiss"/> }
    });
    assert!(
        page.contains(r#"aria-live="assertive""#) && page.contains(r#"aria-live="polite""#),
        "{page}"
    );
}

#[test]
fn the_palette_finds_every_word_and_prefers_beginnings() {
    let item = |label: &str, hint: &str, keywords: &str| PaletteItem {
        value: label.into(),
        label: label.into(),
        hint: Some(hint.into()),
        keywords: keywords.into(),
        glyph: Glyph::Server,
    };
    let items = [
        item("All alarms", "Page", ""),
        item("alarm-worker", "Group in prod", "asg"),
        item("Überwachung", "Page", "monitoring 감시"),
    ];
    let found = |query: &str| -> Vec<String> {
        palette_matches(&items, query)
            .into_iter()
            .map(|item| item.value)
            .collect()
    };
    assert_eq!(found(""), ["All alarms", "alarm-worker", "Überwachung"]);
    assert_eq!(found("alarm"), ["alarm-worker", "All alarms"]);
    assert_eq!(found("PROD worker"), ["alarm-worker"]);
    assert_eq!(found("ÜBER"), ["Überwachung"]);
    assert_eq!(found("감시"), ["Überwachung"]);
    assert_eq!(found("nothing"), Vec::<String>::new());
    let page = html(|| {
        view! {
            <CommandPalette open=RwSignal::new(false) title="Go to" placeholder="Type" empty_text="Nothing"
                items=items.to_vec() on_pick=|_: String| ()/>
        }
    });
    assert!(
        page.contains(r#"role="combobox""#)
            && page.contains(r#"aria-activedescendant="palette-0""#),
        "{page}"
    );
    assert_eq!(page.matches(r#"role="option""#).count(), 3, "{page}");
}

#[test]
fn an_error_offers_to_try_again_only_if_it_can() {
    let with =
        html(|| view! { <ErrorState title="No" text="Why" retry_label="Again" on_retry=|()| ()/> });
    let without = html(|| view! { <ErrorState title="No" text="Why" retry_label="Again"/> });
    assert!(
        with.contains("<button") && !without.contains("<button"),
        "{with} {without}"
    );
    assert!(with.contains(r#"role="alert""#), "{with}");
}

#[test]
fn a_time_carries_its_instant() {
    let page = html(
        || view! { <Time text="3 min ago" datetime="2026-11-21T01:00:00Z" title="2026-11-21 01:00:00 UTC"/> },
    );
    assert!(
        page.contains(r#"datetime="2026-11-21T01:00:00Z""#),
        "{page}"
    );
    assert!(
        page.contains(r#"title="2026-11-21 01:00:00 UTC""#),
        "{page}"
    );
}

fn chart_text() -> ChartText {
    ChartText {
        title: "CPU".into(),
        table: "Values as a table".into(),
        time: "Time".into(),
        empty: "Nothing measured".into(),
        missing: "no data".into(),
    }
}

fn chart_format() -> ChartFormat {
    ChartFormat::new(
        0,
        |at, _| format!("t{at}"),
        |at| format!("at {at}"),
        |value| format!("{value} %"),
    )
}

fn chart_data() -> ChartData {
    ChartData {
        from_ms: 0,
        to_ms: 60_000,
        series: vec![
            Series::new(
                "web",
                vec![(0, Some(10.0)), (30_000, None), (60_000, Some(40.0))],
            ),
            Series::new(
                "api",
                vec![(0, Some(5.0)), (30_000, Some(7.0)), (60_000, Some(9.0))],
            ),
        ],
        threshold: Some(Threshold {
            value: 80.0,
            label: "> 80 %".into(),
        }),
        bands: vec![Band {
            from_ms: 0,
            to_ms: 30_000,
            label: "event".into(),
            tone: Tone::Info,
        }],
        markers: vec![Marker {
            at_ms: 30_000,
            label: "deploy".into(),
            tone: Tone::Neutral,
        }],
        ..ChartData::default()
    }
}

#[test]
fn a_chart_is_whole_without_script() {
    let page =
        html(|| view! { <LineChart data=chart_data() text=chart_text() format=chart_format()/> });
    assert_eq!(page.matches("<path data-series").count(), 4, "{page}");
    assert!(
        page.contains("&gt; 80 %") && page.contains(">event<") && page.contains(">deploy<"),
        "{page}"
    );
    // The same values as a table, and in words where the cursor is.
    assert!(page.contains("<th scope=\"row\">at 30000</th>"), "{page}");
    assert!(page.contains(">no data</td>"), "{page}");
    let slider = tag(
        &page[page.find("<div role=\"slider\"").expect("a plot")..],
        "div",
    );
    assert!(
        slider.contains(r#"role="slider""#) && slider.contains(r#"tabindex="0""#),
        "{slider}"
    );
    assert!(
        slider.contains(r#"aria-valuetext="at 60000: web 40 %, api 9 %""#),
        "{slider}"
    );
    assert!(slider.contains(r#"aria-valuemax="2""#), "{slider}");
}

#[test]
fn a_chart_of_what_will_be_shows_no_values_as_present() {
    let shown = |rest: Rest| {
        let data = ChartData {
            rest,
            ..chart_data()
        };
        let page = html(|| view! { <StepChart data text=chart_text() format=chart_format()/> });
        let legend = page.find("<ul class=\"chart-legend\"").expect("a legend");
        let end = page[legend..].find("</ul>").expect("its end");
        page[legend..legend + end].to_owned()
    };
    let past = shown(Rest::Last);
    assert!(past.contains(">9 %<") && !past.contains(">7 %<"), "{past}");
    let coming = shown(Rest::Nothing);
    assert!(!coming.contains('%'), "{coming}");
}

#[test]
fn a_chart_without_points_says_so() {
    for shape in 0..3 {
        let page = html(|| {
            match shape {
            0 => view! { <LineChart data=ChartData::default() text=chart_text() format=chart_format()/> }.into_any(),
            1 => view! { <AreaChart data=ChartData::default() text=chart_text() format=chart_format()/> }.into_any(),
            _ => view! { <StepChart data=ChartData::default() text=chart_text() format=chart_format()/> }.into_any(),
        }
        });
        assert!(
            page.contains("Nothing measured") && !page.contains("slider"),
            "{page}"
        );
    }
    let none: Vec<Bar> = Vec::new();
    let bars = html(|| {
        view! {
            <BarChart bars=none text=chart_text() value_format=|value: f64| value.to_string() value_head="Requests"/>
        }
    });
    assert!(bars.contains("Nothing measured"), "{bars}");
}

#[test]
fn not_a_number_never_reaches_the_drawing() {
    let mut data = chart_data();
    data.series[0].points[0].1 = Some(f64::NAN);
    data.series[1].points[1].1 = Some(f64::INFINITY);
    data.y_max = Some(f64::NAN);
    let page = html(|| view! { <StepChart data text=chart_text() format=chart_format()/> });
    let drawing =
        &page[page.find("chart-body").expect("a plot")..page.find("<details").expect("a table")];
    assert!(
        !drawing.contains("NaN") && !drawing.replace("info", "").contains("inf"),
        "{drawing}"
    );
}

#[test]
fn a_lane_is_a_slider_over_its_grid() {
    let hour_ms = 3_600_000;
    let band = |from, to, label: &str, tone| Band {
        from_ms: from * hour_ms,
        to_ms: to * hour_ms,
        label: label.into(),
        tone,
    };
    let data = LaneData {
        surfaces: vec![
            Series::default(),
            Series::new("Planned", vec![(0, Some(2.0)), (6 * hour_ms, Some(8.0))]),
        ],
        line: Series::new("In service", vec![(0, Some(2.0)), (3 * hour_ms, None)]),
        hatched: vec![band(20, 40, "Freeze <b>", Tone::Warning)],
        marked: vec![band(-9, -1, "Long ago", Tone::Info)],
        now_ms: Some(3 * hour_ms),
    };
    let page = html(|| {
        let time = LaneTime::new(0, 24 * hour_ms, hour_ms);
        view! {
            <LaneAxis time format=chart_format()/>
            <LaneChart time data name="Capacity of web" spoken=String::from("planned 2")
                format=chart_format() on_span=None/>
        }
    });
    for part in [
        r#"role="slider""#,
        r#"aria-label="Capacity of web""#,
        r#"aria-valuemax="24""#,
        r#"aria-valuetext="planned 2""#,
        "Freeze &lt;b&gt;",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(page.matches("<pattern").count(), 1, "{page}");
    assert_eq!(page.matches("lane-now").count(), 1, "{page}");
    // What is over before the lane begins is not on it, and nothing is styled inline.
    assert!(
        !page.contains("Long ago") && !page.contains("lane-mark"),
        "{page}"
    );
    assert!(!page.contains("style="), "{page}");
}

#[test]
fn bars_are_drawn_and_listed() {
    let bars = vec![
        Bar {
            label: "09".into(),
            value: 3.0,
            tone: Tone::Neutral,
        },
        Bar {
            label: "10".into(),
            value: 7.0,
            tone: Tone::Alarm,
        },
    ];
    let page = html(|| {
        view! {
            <BarChart bars text=chart_text() value_format=|value: f64| format!("{value} req") value_head="Requests"/>
        }
    });
    assert_eq!(page.matches("<rect").count(), 2, "{page}");
    assert!(
        page.contains(">7 req</td>") && page.contains(r#"aria-valuetext="10: 7 req""#),
        "{page}"
    );
}
