//! Endpoints: paths without what differs from request to request.
//!
//! Two steps. The first looks at a path alone: numbers, UUIDs, hexadecimal and random texts become
//! `{id}`, dates `{date}`. The second looks at all paths together once they are counted: where
//! one place of a path has very many names, the rare ones become `{*}`.

use crate::{histogram::Histogram, tally::cut};
use domain::limits;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Stands for numbers and random texts.
const ID: &[u8] = b"{id}";
/// Stands for dates.
const DATE: &[u8] = b"{date}";
/// Stands for one of many names.
const NAME: &[u8] = b"{*}";
/// Stands for the rest of a very deep path.
const REST: &[u8] = b"{rest}";

/// Writes the template of a path: `/course/1234/edit` becomes `/course/{id}/edit`.
pub fn template(path: &[u8], out: &mut Vec<u8>) {
    for (depth, segment) in path.split(|&byte| byte == b'/').enumerate() {
        if depth > 0 {
            out.push(b'/');
        }
        if depth > limits::LOG_SEGMENTS_MAX {
            out.extend_from_slice(REST);
            return;
        }
        write_segment(segment, out);
    }
}

fn write_segment(segment: &[u8], out: &mut Vec<u8>) {
    // Parameters of a session and the like.
    let segment = segment
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or(segment);
    if let Some(stands_for) = stands_for(segment) {
        return out.extend_from_slice(stands_for);
    }
    // `1234.jpg`, `app.3f2a9c1b.js`
    let extension = segment.iter().rposition(|&byte| byte == b'.');
    let is_word = |text: &[u8]| !text.is_empty() && text.iter().any(u8::is_ascii_alphabetic);
    let Some(point) = extension.filter(|&point| is_word(&segment[point + 1..])) else {
        return out.extend_from_slice(segment);
    };
    let (name, extension) = segment.split_at(point);
    let start = name
        .iter()
        .rposition(|&byte| byte == b'.')
        .map_or(0, |point| point + 1);
    let (before, last) = name.split_at(start);
    let digits = last.iter().all(u8::is_ascii_digit);
    match stands_for(last) {
        // `jquery-3.6.0.js` is a version, not a number.
        Some(stands_for) if before.is_empty() || !digits => {
            out.extend_from_slice(before);
            out.extend_from_slice(stands_for);
        }
        _ => out.extend_from_slice(name),
    }
    out.extend_from_slice(extension);
}

/// What a text that differs from request to request is replaced with.
fn stands_for(text: &[u8]) -> Option<&'static [u8]> {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    if digits == text.len() {
        return Some(ID);
    }
    if is_date(text) {
        return Some(DATE);
    }
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit();
    let is_hash = text.len() >= 8 && text.iter().all(hexadecimal);
    let is_random = text.len() >= 16 && digits >= 3 && text.iter().all(u8::is_ascii_alphanumeric);
    (is_hash || is_random || is_uuid(text)).then_some(ID)
}

fn is_uuid(text: &[u8]) -> bool {
    let dash = |index| matches!(index, 8 | 13 | 18 | 23);
    let mut bytes = text.iter().enumerate();
    text.len() == 36
        && bytes.all(|(index, &byte)| match dash(index) {
            true => byte == b'-',
            false => byte.is_ascii_hexdigit(),
        })
}

/// `2026-03-01`, `2026-03`, and either with a time behind.
fn is_date(text: &[u8]) -> bool {
    let date = text.split(|&byte| byte == b'T').next().unwrap_or(text);
    let plain = |length: usize| {
        date.len() == length
            && date.iter().enumerate().all(|(index, &byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    let century = date.starts_with(b"19") || date.starts_with(b"20");
    century && (plain(10) || (plain(7) && date.len() == text.len()))
}

/// What is known of an endpoint.
#[derive(Debug, Default)]
pub(crate) struct Endpoint {
    pub(crate) requests: u64,
    /// Answered with a status of 400 or more.
    pub(crate) errors: u64,
    pub(crate) latency: Histogram,
}

impl Endpoint {
    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.latency.merge(&other.latency);
    }
}

/// Names in each place, and their requests, by the path before.
type Names = BTreeMap<Box<[u8]>, BTreeMap<Box<[u8]>, u64>>;

/// Endpoints by `METHOD template`.
#[derive(Debug, Default)]
pub(crate) struct Endpoints {
    map: HashMap<Box<[u8]>, Endpoint, RandomState>,
    forgetful: bool,
}

impl Endpoints {
    /// Counts something for the endpoint of this name.
    pub(crate) fn count(&mut self, name: &[u8], count: impl FnOnce(&mut Endpoint)) {
        let name = cut(name);
        if let Some(endpoint) = self.map.get_mut(name) {
            return count(endpoint);
        }
        if self.map.len() >= limits::LOG_ENDPOINTS_MAX {
            self.make_room();
        }
        count(self.map.entry(name.into()).or_default());
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.forgetful |= other.forgetful;
        if self.map.len() + other.map.len() <= limits::LOG_ENDPOINTS_MAX {
            // There is room: the order does not matter.
            for (name, endpoint) in other.map {
                self.count(&name, |own| own.merge(&endpoint));
            }
            return;
        }
        for (name, endpoint) in sorted(other.map) {
            self.count(&name, |own| own.merge(&endpoint));
        }
    }

    fn make_room(&mut self) {
        self.generalise();
        let kept = limits::LOG_ENDPOINTS_MAX / 2;
        if self.map.len() > kept {
            self.forgetful = true;
            let mut endpoints = sorted(std::mem::take(&mut self.map));
            endpoints.truncate(kept);
            self.map = endpoints.into_iter().collect();
        }
    }

    /// Whether an endpoint was forgotten, so that counts may be too low.
    pub(crate) const fn is_forgetful(&self) -> bool {
        self.forgetful
    }

    /// Replaces rare names by `{*}` where one place of a path has very many.
    pub(crate) fn generalise(&mut self) {
        for depth in 1..=limits::LOG_SEGMENTS_MAX {
            let rare = self.rare_names(depth);
            if rare.is_empty() {
                continue;
            }
            for (name, endpoint) in std::mem::take(&mut self.map) {
                let place = split(&name, depth).filter(|place| {
                    let names = rare.get(place.before);
                    names.is_some_and(|names| names.contains_key(place.segment))
                });
                let name = place.map_or_else(|| name.clone(), |place| place.renamed());
                self.map.entry(name).or_default().merge(&endpoint);
            }
        }
    }

    /// Rare names of places with very many.
    fn rare_names(&self, depth: usize) -> Names {
        let mut places = Names::new();
        for (name, endpoint) in &self.map {
            let Some(place) = split(name, depth).filter(|place| !place.is_template()) else {
                continue;
            };
            let names = places.entry(place.before.into()).or_default();
            *names.entry(place.segment.into()).or_default() += endpoint.requests;
        }
        places.retain(|_, names| {
            let many = names.len() > limits::LOG_SEGMENT_NAMES_MAX;
            let requests: u64 = names.values().sum();
            // Less than one in a hundred.
            names.retain(|_, own| own.saturating_mul(100) < requests);
            many
        });
        places
    }

    /// The endpoints with most requests, those first; equals by their name.
    pub(crate) fn top(&self, most: usize) -> Vec<(&[u8], &Endpoint)> {
        let mut endpoints: Vec<_> = self.map.iter().map(|(name, e)| (&**name, e)).collect();
        endpoints.sort_unstable_by(|a, b| b.1.requests.cmp(&a.1.requests).then(a.0.cmp(b.0)));
        endpoints.truncate(most);
        endpoints
    }
}

fn sorted(map: HashMap<Box<[u8]>, Endpoint, RandomState>) -> Vec<(Box<[u8]>, Endpoint)> {
    let mut endpoints: Vec<_> = map.into_iter().collect();
    endpoints.sort_unstable_by(|a, b| b.1.requests.cmp(&a.1.requests).then_with(|| a.0.cmp(&b.0)));
    endpoints
}

/// One segment of an endpoint's path.
struct Place<'a> {
    method: &'a [u8],
    /// The path before it.
    before: &'a [u8],
    segment: &'a [u8],
    after: &'a [u8],
}

impl Place<'_> {
    fn is_template(&self) -> bool {
        self.segment.is_empty() || self.segment.starts_with(b"{")
    }

    fn renamed(&self) -> Box<[u8]> {
        [self.method, self.before, NAME, self.after].concat().into()
    }
}

/// The segment at a depth, from 1.
fn split(name: &[u8], depth: usize) -> Option<Place<'_>> {
    let path_at = memchr::memchr(b' ', name)? + 1;
    let (method, path) = name.split_at(path_at);
    let start = memchr::memchr_iter(b'/', path).nth(depth - 1)? + 1;
    let (before, rest) = path.split_at(start);
    let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    let (segment, after) = rest.split_at(end);
    Some(Place {
        method,
        before,
        segment,
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_request_to_request_is_replaced() {
        for (path, expected) in [
            ("/", "/"),
            ("*", "*"),
            ("/course/1234/edit", "/course/{id}/edit"),
            ("/course/1234/", "/course/{id}/"),
            ("/a/550e8400-e29b-41d4-a716-446655440000", "/a/{id}"),
            ("/a/550E8400-E29B-41D4-A716-446655440000/b", "/a/{id}/b"),
            ("/commit/3f2a9c1b", "/commit/{id}"),
            ("/commit/d41d8cd98f00b204e9800998ecf8427e", "/commit/{id}"),
            ("/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/{id}"),
            ("/day/2026-03-01/hours", "/day/{date}/hours"),
            ("/day/2026-03-01T09:00:00Z", "/day/{date}"),
            ("/month/2026-03", "/month/{date}"),
            ("/archive/2026/03/01", "/archive/{id}/{id}/{id}"),
            ("/photo/1234.jpg", "/photo/{id}.jpg"),
            ("/static/app.3f2a9c1b.js", "/static/app.{id}.js"),
            ("/static/jquery-3.6.0.min.js", "/static/jquery-3.6.0.min.js"),
            ("/static/lib.3.6.0.js", "/static/lib.3.6.0.js"),
            ("/login;jsessionid=0A1B", "/login"),
            ("/api/v1/users", "/api/v1/users"),
            ("/iphone-15-pro-max", "/iphone-15-pro-max"),
            ("/decade/facade", "/decade/facade"),
            ("/%EA%B0%95%EC%9D%98/7", "/%EA%B0%95%EC%9D%98/{id}"),
            ("//x//", "//x//"),
        ] {
            let mut out = Vec::new();
            template(path.as_bytes(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "{path}");
        }
        let mut out = Vec::new();
        template("/a".repeat(1_000).as_bytes(), &mut out);
        assert_eq!(out, format!("{}/{{rest}}", "/a".repeat(16)).into_bytes());
    }

    fn names(endpoints: &Endpoints) -> Vec<(String, u64)> {
        let named = |(name, endpoint): (&[u8], &Endpoint)| {
            (
                String::from_utf8_lossy(name).into_owned(),
                endpoint.requests,
            )
        };
        endpoints.top(usize::MAX).into_iter().map(named).collect()
    }

    #[test]
    fn many_rare_names_in_one_place_are_one_parameter_and_frequent_ones_stay() {
        let mut endpoints = Endpoints::default();
        for name in 0..200_u32 {
            let letters: String = name
                .to_string()
                .bytes()
                .map(|b| char::from(b + 49))
                .collect();
            let path = format!("GET /users/{letters}/profile");
            endpoints.count(path.as_bytes(), |own| own.requests += 1);
            let path = format!("DELETE /users/{letters}");
            endpoints.count(path.as_bytes(), |own| own.requests += 1);
        }
        endpoints.count(b"GET /users/search", |own| own.requests += 50);
        endpoints.count(b"GET /health", |own| own.requests += 1);
        endpoints.generalise();
        let expected = [
            ("DELETE /users/{*}", 200),
            ("GET /users/{*}/profile", 200),
            ("GET /users/search", 50),
            ("GET /health", 1),
        ];
        assert_eq!(
            names(&endpoints),
            expected.map(|(name, n)| (name.to_owned(), n))
        );
    }

    #[test]
    fn endpoints_beyond_the_limit_make_room_for_those_to_come() {
        let mut endpoints = Endpoints::default();
        for number in 0..limits::LOG_ENDPOINTS_MAX + 1 {
            let letters: String = number
                .to_string()
                .bytes()
                .map(|b| char::from(b + 49))
                .collect();
            endpoints.count(format!("{letters} /").as_bytes(), |own| own.requests += 1);
        }
        endpoints.count(b"0 /", |own| own.requests += 1);
        assert!(endpoints.is_forgetful());
        assert_eq!(endpoints.map.len(), limits::LOG_ENDPOINTS_MAX / 2 + 2);
    }
}
