//! What kind of program sent a request, by its user agent.
//!
//! A table, read from its top: the first row of which a word stands in the user agent decides. It
//! asks what the traffic is like, not who is honest: a program that poses as a browser is counted
//! as one.

use serde::Serialize;
use std::sync::LazyLock;

/// A kind of program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A program made for a phone, or a web page within one.
    MobileApp,
    /// A browser on a phone or tablet, also one inside of KakaoTalk, Naver, Instagram and the like.
    MobileWeb,
    /// A browser on a computer.
    Desktop,
    /// A crawler, a probe, a preview, a script.
    Bot,
    /// Nothing that tells.
    Unknown,
}

/// What must stand in a user agent, in lower case; a row with two words needs both, and a word
/// with `!` before it must be absent.
type Rule = (Device, &'static [&'static str]);

const RULES: &[Rule] = &[
    // A make of phones.
    (Device::MobileWeb, &["cubot", "android", "mozilla/"]),
    // Those who say so, and those who leave their address.
    (Device::Bot, &["bot"]),
    (Device::Bot, &["crawl"]),
    (Device::Bot, &["spider"]),
    (Device::Bot, &["+http"]),
    // Search engines and their tools.
    (Device::Bot, &["yeti/"]),
    (Device::Bot, &["daumoa"]),
    (Device::Bot, &["daum/"]),
    (Device::Bot, &["slurp"]),
    (Device::Bot, &["mediapartners-google"]),
    (Device::Bot, &["apis-google"]),
    (Device::Bot, &["feedfetcher"]),
    (Device::Bot, &["google-"]),
    (Device::Bot, &["googleother"]),
    (Device::Bot, &["google favicon"]),
    (Device::Bot, &["bingpreview"]),
    (Device::Bot, &["ia_archiver"]),
    (Device::Bot, &["chatgpt"]),
    (Device::Bot, &["claude-"]),
    (Device::Bot, &["perplexity"]),
    // Previews of links.
    (Device::Bot, &["facebookexternalhit"]),
    (Device::Bot, &["meta-external"]),
    (Device::Bot, &["facebookcatalog"]),
    (Device::Bot, &["kakaotalk-scrap"]),
    (Device::Bot, &["kakaostory-og-reader"]),
    (Device::Bot, &["skypeuripreview"]),
    (Device::Bot, &["whatsapp/", "!mozilla/"]),
    (Device::Bot, &["embedly"]),
    (Device::Bot, &["iframely"]),
    (Device::Bot, &["snap url preview"]),
    // Probes.
    (Device::Bot, &["elb-healthchecker"]),
    (Device::Bot, &["amazon-route53-health-check"]),
    (Device::Bot, &["cloudwatchsynthetics"]),
    (Device::Bot, &["kube-probe"]),
    (Device::Bot, &["googlehc"]),
    (Device::Bot, &["pingdom"]),
    (Device::Bot, &["statuscake"]),
    (Device::Bot, &["datadog"]),
    (Device::Bot, &["newrelic"]),
    (Device::Bot, &["site24x7"]),
    (Device::Bot, &["prometheus"]),
    (Device::Bot, &["blackbox"]),
    (Device::Bot, &["check_http"]),
    (Device::Bot, &["zabbix"]),
    (Device::Bot, &["uptime"]),
    (Device::Bot, &["monitor"]),
    (Device::Bot, &["lighthouse"]),
    (Device::Bot, &["gtmetrix"]),
    (Device::Bot, &["ptst/"]),
    (Device::Bot, &["w3c_validator"]),
    // Those who look for holes.
    (Device::Bot, &["zgrab"]),
    (Device::Bot, &["masscan"]),
    (Device::Bot, &["nmap"]),
    (Device::Bot, &["nikto"]),
    (Device::Bot, &["sqlmap"]),
    (Device::Bot, &["nuclei"]),
    (Device::Bot, &["wpscan"]),
    (Device::Bot, &["gobuster"]),
    (Device::Bot, &["dirbuster"]),
    (Device::Bot, &["censys"]),
    (Device::Bot, &["expanse"]),
    (Device::Bot, &["internetmeasurement"]),
    // Browsers that nobody sits at.
    (Device::Bot, &["headless"]),
    (Device::Bot, &["phantomjs"]),
    (Device::Bot, &["puppeteer"]),
    (Device::Bot, &["selenium"]),
    (Device::Bot, &["playwright"]),
    // Scripts and libraries of servers.
    (Device::Bot, &["curl/"]),
    (Device::Bot, &["wget/"]),
    (Device::Bot, &["httpie/"]),
    (Device::Bot, &["python"]),
    (Device::Bot, &["aiohttp"]),
    (Device::Bot, &["httpx/"]),
    (Device::Bot, &["scrapy"]),
    (Device::Bot, &["go-http-client"]),
    (Device::Bot, &["go-resty"]),
    (Device::Bot, &["fasthttp"]),
    (Device::Bot, &["apache-httpclient"]),
    (Device::Bot, &["jakarta commons"]),
    (Device::Bot, &["java/"]),
    (Device::Bot, &["java-http-client"]),
    (Device::Bot, &["reactornetty"]),
    (Device::Bot, &["reactor-netty"]),
    (Device::Bot, &["axios/"]),
    (Device::Bot, &["node-fetch"]),
    (Device::Bot, &["undici"]),
    (Device::Bot, &["got ("]),
    (Device::Bot, &["superagent"]),
    (Device::Bot, &["libwww-perl"]),
    (Device::Bot, &["lwp::"]),
    (Device::Bot, &["guzzlehttp"]),
    (Device::Bot, &["php/"]),
    (Device::Bot, &["ruby"]),
    (Device::Bot, &["faraday"]),
    (Device::Bot, &["reqwest"]),
    (Device::Bot, &["hyper/"]),
    (Device::Bot, &["winhttp"]),
    (Device::Bot, &["postmanruntime"]),
    (Device::Bot, &["insomnia"]),
    (Device::Bot, &["apachebench"]),
    (Device::Bot, &["k6/"]),
    (Device::Bot, &["jmeter"]),
    (Device::Bot, &["wrk/"]),
    (
        Device::Bot,
        &["grpc-", "!grpc-swift", "!grpc-objc", "!grpc-java-okhttp"],
    ),
    // Televisions and consoles: neither phones nor computers.
    (Device::Unknown, &["smart-tv"]),
    (Device::Unknown, &["smarttv"]),
    (Device::Unknown, &["web0s"]),
    (Device::Unknown, &["appletv"]),
    (Device::Unknown, &["playstation"]),
    (Device::Unknown, &["nintendo"]),
    (Device::Unknown, &["xbox"]),
    // Browsers inside of other companies' programs: people who follow a link.
    (
        Device::MobileWeb,
        &["kakaotalk", "!windows nt", "!macintosh"],
    ),
    (Device::MobileWeb, &["kakaostory"]),
    (Device::MobileWeb, &["naver(inapp"]),
    (Device::MobileWeb, &["daumapps"]),
    (Device::MobileWeb, &["daumdevice"]),
    (Device::MobileWeb, &["[fban/"]),
    (Device::MobileWeb, &["fbav/"]),
    (Device::MobileWeb, &["fb_iab"]),
    (Device::MobileWeb, &["instagram", "mozilla/"]),
    (Device::MobileWeb, &["barcelona", "mozilla/"]),
    (
        Device::MobileWeb,
        &[" line/", "mozilla/", "!windows nt", "!macintosh"],
    ),
    (Device::MobileWeb, &["inapp", "band/"]),
    (
        Device::MobileWeb,
        &["micromessenger", "!windows nt", "!macintosh"],
    ),
    (Device::MobileWeb, &["snapchat", "mozilla/"]),
    (Device::MobileWeb, &["bytedancewebview"]),
    (Device::MobileWeb, &["musical_ly"]),
    (Device::MobileWeb, &["twitter for", "mozilla/"]),
    (Device::MobileWeb, &["pinterest/", "mozilla/"]),
    (Device::MobileWeb, &["zumapp"]),
    (Device::MobileWeb, &["gsa/"]),
    // Libraries of programs on phones.
    (Device::MobileApp, &["okhttp"]),
    (Device::MobileApp, &["cfnetwork"]),
    (Device::MobileApp, &["dalvik/"]),
    (Device::MobileApp, &["dart/"]),
    (Device::MobileApp, &["dart:io"]),
    (Device::MobileApp, &["alamofire"]),
    (Device::MobileApp, &["afnetworking"]),
    (Device::MobileApp, &["retrofit"]),
    (Device::MobileApp, &["ktor"]),
    (Device::MobileApp, &["expo/"]),
    (Device::MobileApp, &["reactnative"]),
    (Device::MobileApp, &["react-native"]),
    (Device::MobileApp, &["flutter"]),
    (Device::MobileApp, &["cordova"]),
    (Device::MobileApp, &["capacitor"]),
    (Device::MobileApp, &["exoplayer"]),
    (Device::MobileApp, &["grpc-swift"]),
    (Device::MobileApp, &["grpc-objc"]),
    (Device::MobileApp, &["grpc-java-okhttp"]),
    // A web page within a program: Android says so, and on iOS only browsers name Safari.
    (Device::MobileApp, &["; wv)"]),
    (
        Device::MobileApp,
        &["iphone", "mozilla/", "applewebkit", "!safari/"],
    ),
    (
        Device::MobileApp,
        &["ipad", "mozilla/", "applewebkit", "!safari/"],
    ),
    (
        Device::MobileApp,
        &["ipod", "mozilla/", "applewebkit", "!safari/"],
    ),
    // Browsers all begin alike; what does not, and runs on a phone, is a program of its own.
    (Device::MobileApp, &["android", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["iphone", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["ipad", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["ios/", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["ios ", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["ios;", "!mozilla/", "!opera"]),
    (Device::MobileApp, &["ios)", "!mozilla/", "!opera"]),
    (Device::MobileWeb, &["android"]),
    (Device::MobileWeb, &["iphone"]),
    (Device::MobileWeb, &["ipad"]),
    (Device::MobileWeb, &["ipod"]),
    (Device::MobileWeb, &["windows phone"]),
    (Device::MobileWeb, &["iemobile"]),
    (Device::MobileWeb, &["opera mini"]),
    (Device::MobileWeb, &["opera mobi"]),
    (Device::MobileWeb, &["blackberry"]),
    (Device::MobileWeb, &["bb10"]),
    (Device::MobileWeb, &["kaios"]),
    (Device::MobileWeb, &["mobile", "mozilla/"]),
    (Device::Desktop, &["windows nt"]),
    (Device::Desktop, &["macintosh"]),
    (Device::Desktop, &["cros "]),
    (Device::Desktop, &["x11;"]),
    (Device::Desktop, &["linux x86_64"]),
];

/// The table as it is worked with.
struct Table {
    /// Every word that stands in it, once.
    words: Vec<&'static str>,
    /// Which words begin with a byte.
    beginning: Vec<Vec<usize>>,
    rules: Vec<(Device, Vec<Condition>)>,
}

/// A word, and whether it must be there or must be absent.
type Condition = (usize, bool);

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        words: Vec::new(),
        beginning: vec![Vec::new(); 256],
        rules: Vec::new(),
    };
    for &(device, words) in RULES {
        let conditions = words.iter().map(|&word| match word.strip_prefix('!') {
            Some(absent) => (table.index(absent), false),
            None => (table.index(word), true),
        });
        let conditions = conditions.collect();
        table.rules.push((device, conditions));
    }
    table
});

impl Table {
    fn index(&mut self, word: &'static str) -> usize {
        if let Some(index) = self.words.iter().position(|&known| known == word) {
            return index;
        }
        let first = word.bytes().next().map_or(0, usize::from);
        self.beginning[first].push(self.words.len());
        self.words.push(word);
        self.words.len() - 1
    }

    /// Which of the words stand in a text.
    fn found(&self, text: &[u8]) -> Vec<bool> {
        let mut found = vec![false; self.words.len()];
        for (at, &first) in text.iter().enumerate() {
            for &index in &self.beginning[usize::from(first)] {
                found[index] |= text[at..].starts_with(self.words[index].as_bytes());
            }
        }
        found
    }
}

impl Device {
    /// Tells what kind of program a user agent belongs to.
    #[must_use]
    pub fn of(user_agent: &[u8]) -> Self {
        let found = TABLE.found(&user_agent.to_ascii_lowercase());
        let fits =
            |conditions: &[Condition]| conditions.iter().all(|&(word, is)| found[word] == is);
        let rule = TABLE.rules.iter().find(|(_, conditions)| fits(conditions));
        rule.map_or(Self::Unknown, |&(device, _)| device)
    }
}
