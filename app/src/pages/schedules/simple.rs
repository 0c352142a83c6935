//! The form of the most common schedule: a base, one window on days of the week,
//! days without it. The text stays the truth: what the form cannot hold, it leaves
//! to the text.

use domain::{
    capacity::Capacity,
    schedules::{LevelChange, Power, ScheduleDraft, Target, TargetKind, Weekdays},
    time::{DAY_MS, Timestamp, Zone},
};
use serde_json::{Map, Value, json};

/// Days of the week as in the file, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The kind of instances that carry a tag, whose name has two parts.
const TAG: &str = TargetKind::Ec2Tag.as_str();
/// A Monday.
const MONDAY_MS: i64 = 4 * DAY_MS;

/// A capacity as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LevelText {
    pub min: String,
    pub desired: String,
    pub max: String,
    /// `running` or `stopped`, of what is only on or off.
    pub state: String,
}

/// The form as text, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub name: String,
    pub timezone: String,
    /// Kinds and names, as in the file.
    pub targets: Vec<(String, String)>,
    pub base: LevelText,
    pub window: String,
    /// Monday first.
    pub days: [bool; 7],
    pub from: String,
    pub to: String,
    pub inside: LevelText,
    /// Dates and ranges of dates, with commas between them.
    pub without: String,
    /// The calendar whose days are without the window, too; may be empty.
    pub calendar: String,
}

impl LevelText {
    fn of(level: &LevelChange) -> Self {
        let text = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        Self {
            min: text(level.min),
            desired: text(level.desired),
            max: text(level.max),
            state: level.state.map(Power::as_str).unwrap_or_default().into(),
        }
    }

    /// As in the file; what is no number is left to whoever reads it, who says so.
    fn json(&self) -> Value {
        let fields = [
            ("min", &self.min),
            ("desired", &self.desired),
            ("max", &self.max),
            ("state", &self.state),
        ];
        let fields = fields
            .into_iter()
            .filter(|(_, text)| !text.trim().is_empty());
        let field = |(name, text): (&str, &String)| {
            let number = text.trim().parse::<u32>().map(Value::from);
            (name.to_owned(), number.unwrap_or_else(|_| json!(text)))
        };
        Value::Object(fields.map(field).collect())
    }
}

impl Simple {
    /// The form of a schedule; none when it says more than the form can.
    pub fn of(draft: &ScheduleDraft) -> Option<Self> {
        let [window] = draft.windows.as_slice() else {
            return None;
        };
        let (without, calendar) = match draft.exceptions.as_slice() {
            [] => (String::new(), String::new()),
            [exception] => {
                let dates = listed(&json!(exception.dates)).join(", ");
                (dates, exception.calendar.clone().unwrap_or_default())
            }
            _ => return None,
        };
        let simple = Self {
            name: draft.name.to_string(),
            timezone: draft.timezone.to_string(),
            targets: draft.targets.iter().map(target_words).collect(),
            base: LevelText::of(&draft.base),
            window: window.name.to_string(),
            days: days(window.days.as_ref()),
            from: window.from.to_string(),
            to: window.to.to_string(),
            inside: LevelText::of(&window.capacity),
            without,
            calendar,
        };
        // Whatever would be lost on the way through the form shows here.
        let back = serde_json::from_value::<ScheduleDraft>(simple.json(draft)).ok()?;
        // What a calendar held is read again.
        let mut shown = draft.clone();
        for exception in &mut shown.exceptions {
            exception.calendar_dates = None;
        }
        (back == shown).then_some(simple)
    }

    /// The schedule that the form asks for; what it does not show is kept.
    pub fn json(&self, kept: &ScheduleDraft) -> Value {
        let targets = self
            .targets
            .iter()
            .map(|(kind, name)| target_json(kind, name));
        let days = WEEKDAYS.iter().zip(self.days).filter(|(_, on)| *on);
        let mut window = Map::new();
        window.insert("name".into(), json!(self.window));
        if self.days != [true; 7] {
            window.insert("days".into(), days.map(|(day, _)| json!(day)).collect());
        }
        window.insert("from".into(), json!(self.from));
        window.insert("to".into(), json!(self.to));
        window.insert("capacity".into(), self.inside.json());
        let mut schedule = json!({
            "name": self.name,
            "timezone": self.timezone,
            "targets": targets.collect::<Vec<_>>(),
            "base": self.base.json(),
            "windows": [window],
        });
        let dates = self.without.split(',').map(str::trim);
        let dates: Vec<&str> = dates.filter(|date| !date.is_empty()).collect();
        let mut exception = Map::new();
        if !dates.is_empty() {
            exception.insert("dates".into(), json!(dates));
        }
        if !self.calendar.is_empty() {
            exception.insert("calendar".into(), json!(self.calendar));
        }
        if !exception.is_empty() {
            exception.insert("use".into(), json!("base"));
            schedule["exceptions"] = json!([exception]);
        }
        if !kept.overrides.is_empty() {
            schedule["overrides"] = json!(kept.overrides);
        }
        schedule
    }
}

/// What a list of the file holds, each as text.
fn listed(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    let text = |item: &Value| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    };
    items.map(text).collect()
}

/// The kind and the name of a target, a tag being `key=value`.
fn target_words(target: &Target) -> (String, String) {
    (target.kind().to_string(), target.to_string())
}

/// A target as in the file.
fn target_json(kind: &str, name: &str) -> Value {
    match (kind, name.split_once('=')) {
        (TAG, Some((key, value))) => json!({ TAG: { "key": key, "value": value } }),
        _ => json!({ kind: name }),
    }
}

fn days(weekdays: Option<&Weekdays>) -> [bool; 7] {
    let utc = Zone::utc();
    let mut at = Timestamp::from_ms(MONDAY_MS);
    [(); 7].map(|()| {
        let on = weekdays.is_none_or(|weekdays| weekdays.hold(utc.civil(at).date()));
        at = at.plus_ms(DAY_MS);
        on
    })
}

/// What the base of an example is where nothing runs at the moment.
pub(super) const EXAMPLE: Capacity = Capacity {
    min: 1,
    desired: 1,
    max: 2,
};

/// A schedule to start from: what a target has now, and nothing at night.
pub(super) fn example(kind: &str, name: &str, now: Capacity, zone: &str) -> Value {
    let Capacity { min, desired, max } = if now.desired > 0 { now } else { EXAMPLE };
    let (base, night) = match kind {
        "ecs" => (
            json!({ "min": min, "max": max }),
            json!({ "min": 0, "max": 0 }),
        ),
        // AWS takes no maximum of zero.
        "eks" => (
            json!({ "min": min, "desired": desired, "max": max }),
            json!({ "min": 0, "desired": 0 }),
        ),
        TAG | "rds" | "rds_cluster" => (
            json!({ "state": Power::Running.as_str() }),
            json!({ "state": Power::Stopped.as_str() }),
        ),
        _ => (
            json!({ "min": min, "desired": desired, "max": max }),
            json!({ "min": 0, "desired": 0, "max": 0 }),
        ),
    };
    json!({
        "name": "night",
        "timezone": zone,
        "targets": [target_json(kind, name)],
        "base": base,
        "windows": [{ "name": "night", "from": "20:00", "to": "08:00", "capacity": night }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::schedules::Schedule;

    fn draft(value: Value) -> ScheduleDraft {
        serde_json::from_value(value).expect("a draft")
    }

    #[test]
    fn the_form_gives_back_what_it_shows() {
        let mut value = example("asg", "web-dev", EXAMPLE, "Asia/Seoul");
        value["windows"][0]["days"] = json!(["mon..fri"]);
        value["exceptions"] =
            json!([{ "dates": ["2026-12-24", "2026-12-31..2027-01-02"], "use": "base" }]);
        let draft = draft(value);
        let simple = Simple::of(&draft).expect("a form");
        assert_eq!(simple.days, [true, true, true, true, true, false, false]);
        assert_eq!(simple.without, "2026-12-24, 2026-12-31..2027-01-02");
        let mut by_calendar = simple.clone();
        by_calendar.calendar = "holidays".into();
        let exception = &by_calendar.json(&draft)["exceptions"][0];
        assert_eq!(exception["calendar"], "holidays");
        by_calendar.without = String::new();
        let exceptions = &by_calendar.json(&draft)["exceptions"];
        assert_eq!(
            *exceptions,
            json!([{ "calendar": "holidays", "use": "base" }])
        );
        let mut fewer = simple.clone();
        fewer.inside.min = "lots".into();
        assert_eq!(fewer.json(&draft)["windows"][0]["capacity"]["min"], "lots");
        fewer.inside.min = "0".into();
        fewer.days[4] = false;
        let days = &fewer.json(&draft)["windows"][0]["days"];
        assert_eq!(*days, json!(["mon", "tue", "wed", "thu"]));
    }

    #[test]
    fn what_the_form_cannot_hold_is_left_to_the_text() {
        let changed = |change: fn(&mut Value)| {
            let mut value = example("asg", "web-dev", EXAMPLE, "Asia/Seoul");
            change(&mut value);
            Simple::of(&draft(value)).is_some()
        };
        assert!(changed(|_| {}));
        assert!(!changed(|value| value["windows"] = json!([])));
        assert!(!changed(
            |value| value["windows"][0]["days"] = json!(["mon#1"])
        ));
        assert!(!changed(
            |value| value["windows"][0]["months"] = json!(["jan"])
        ));
        assert!(!changed(
            |value| value["windows"][0]["timezone"] = json!("UTC")
        ));
        assert!(!changed(|value| {
            value["exceptions"] = json!([{ "dates": ["2026-12-24"], "use": "night" }]);
        }));
    }

    #[test]
    fn every_example_is_a_schedule() {
        for kind in ["asg", "ecs", "eks", "ec2_tag", "rds", "rds_cluster"] {
            for desired in [0, 3] {
                let now = Capacity {
                    min: 0,
                    desired,
                    max: 6,
                };
                let name = if kind == TAG {
                    "Schedule=office"
                } else {
                    "main/api"
                };
                let draft = draft(example(kind, name, now, "Asia/Seoul"));
                assert!(Simple::of(&draft).is_some(), "{kind} fits the form");
                let schedule = Schedule::try_from(draft).expect("a schedule");
                assert_ne!(
                    schedule.base(),
                    schedule.windows()[0].level,
                    "{kind} {desired}"
                );
            }
        }
    }
}
