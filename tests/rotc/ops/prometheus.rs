//! The export for Prometheus follows its text format to the letter.

use std::collections::{BTreeMap, BTreeSet};

use tests::TestApp;

#[derive(Debug, Default)]
struct Family {
    kind: String,
    samples: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// Reads the text format (version 0.0.4) and panics at anything it does not allow.
fn parse(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'), "the last line ends");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a name and a text");
            assert!(is_name(name) && !help.is_empty(), "{line}");
            assert!(!families.contains_key(name), "{name} stands twice");
            families.insert(name.to_owned(), Family::default());
            name.clone_into(&mut current);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a type");
            assert_eq!(name, current, "the type follows the help");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            kind.clone_into(&mut families.get_mut(name).expect("a family").kind);
        } else {
            let (name, labels, value) = sample(line);
            let family = families.get_mut(&current).expect("a family before its samples");
            let suffixes: &[&str] =
                if family.kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(
                suffixes.iter().any(|suffix| name == format!("{current}{suffix}")),
                "{line} in {current}"
            );
            family.samples.push((name, labels, value));
        }
    }
    families
}

fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (head, value) = line.rsplit_once(' ').expect("a value");
    let (name, labels) = match head.split_once('{') {
        Some((name, rest)) => (name, label_pairs(rest.strip_suffix('}').expect("a closing brace"))),
        None => (head, BTreeMap::new()),
    };
    assert!(is_name(name), "{line}");
    (name.to_owned(), labels, value.parse().unwrap_or_else(|_| panic!("a number: {line}")))
}

fn label_pairs(text: &str) -> BTreeMap<String, String> {
    let (mut pairs, mut rest) = (BTreeMap::new(), text);
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("a label");
        assert!(is_name(name) && !name.contains(':'), "{text}");
        let (mut value, mut letters) = (String::new(), after.char_indices());
        let end = loop {
            match letters.next().expect("a closing quote") {
                (at, '"') => break at,
                (_, '\\') => value.push(match letters.next().expect("an escape").1 {
                    'n' => '\n',
                    letter @ ('\\' | '"') => letter,
                    other => panic!("\\{other} in {text}"),
                }),
                (_, letter) => value.push(letter),
            }
        };
        assert!(pairs.insert(name.to_owned(), value).is_none(), "{name} twice in {text}");
        rest = &after[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    pairs
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

#[tokio::test]
async fn the_export_can_be_read_and_counts_by_route_and_status() {
    let app = TestApp::rotc().await;
    let cadet = app.add(tests::a_cadet()).await;
    for _ in 0..3 {
        app.as_admin().get(&format!("/api/cadets/{}", cadet.id)).await.is(200);
    }
    app.as_admin().get("/api/v1/CADETS/999999/").await.is(404);
    app.anonymous().get("/nowhere/{at}\"all").await;

    let answer = app.as_admin().get("/api/metrics/prometheus").await;

    assert_eq!(answer.is(200).header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let families = parse(&answer.text());
    let requests = &families["http_requests_total"];
    let count = |route: &str, status: &str| {
        let wanted =
            |labels: &BTreeMap<String, String>| labels["route"] == route && labels["status"] == status;
        requests
            .samples
            .iter()
            .filter(|(_, labels, _)| wanted(labels))
            .map(|(_, _, value)| value)
            .sum::<f64>()
    };
    assert_eq!(count("/api/cadets/{id}", "200"), 3.0);
    assert_eq!(count("/api/cadets/{id}", "404"), 1.0, "in whatever case and version");
    assert_eq!(count("other", "404"), 1.0, "what clients invent makes no series of its own");
    let all: f64 = requests.samples.iter().map(|(_, _, value)| value).sum();
    let by_status: f64 = families
        .iter()
        .filter(|(name, _)| name.starts_with("http_status_"))
        .flat_map(|(_, family)| &family.samples)
        .map(|(_, _, value)| value)
        .sum();
    assert_eq!(all, by_status);
    for name in [
        "http_errors_total",
        "http_active_sessions",
        "http_error_rate",
        "db_queries_total",
        "cache_hits_total",
    ] {
        assert_eq!(families[name].samples.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn the_buckets_of_a_duration_grow_and_end_with_all() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/admin/cadets").await.is(200);

    let families = parse(&app.as_admin().get("/api/metrics/prometheus").await.text());

    let samples = &families["http_request_duration_seconds"].samples;
    let of = |suffix: &str| {
        let name = format!("http_request_duration_seconds{suffix}");
        let wanted = samples
            .iter()
            .filter(move |(sample, labels, _)| *sample == name && labels["route"] == "/api/admin/cadets");
        wanted.cloned().collect::<Vec<_>>()
    };
    let buckets = of("_bucket");
    assert!(buckets.len() > 5 && buckets.windows(2).all(|pair| pair[0].2 <= pair[1].2));
    let bounds: BTreeSet<_> = buckets.iter().map(|(_, labels, _)| labels["le"].clone()).collect();
    assert_eq!(bounds.len(), buckets.len());
    assert_eq!(buckets.last().map(|(_, labels, _)| labels["le"].as_str()), Some("+Inf"));
    assert_eq!(buckets.last().map(|bucket| bucket.2), of("_count").first().map(|count| count.2));
    assert!(of("_sum")[0].2 > 0.0);
}
