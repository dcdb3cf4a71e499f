//! What is counted and measured, for Prometheus. Values of labels are bounded: offices, clauses and questions come from
//! policies, the rest is the program's.

mod office;
mod rows;

pub use office::{OfficeMetrics, Tally};
pub use rows::{Kind, METRICS, Row};

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How many routes are measured apart.
const MOST_ROUTES: usize = 64;
/// Where it is written what anything more is counted under.
const OTHER: &str = "other";

const METADATA: Metadata<'static> = Metadata::new("panke", Level::INFO, None);

/// Everything that is counted.
pub struct Metrics {
    recorder: PrometheusRecorder,
    routes: RwLock<BTreeMap<Box<str>, Arc<Route>>>,
    /// The policy in force of each office, with its digest.
    policies: RwLock<BTreeMap<Box<str>, (String, String)>>,
    commit_events: Histogram,
    commit_seconds: Histogram,
    commits_failed: Counter,
    reload_seconds: Histogram,
    snapshot_seconds: Histogram,
    start_seconds: Gauge,
    streams: Gauge,
}

/// What is counted of one route.
struct Route {
    name: Box<str>,
    seconds: Histogram,
    by_status: RwLock<BTreeMap<u16, Counter>>,
}

impl Metrics {
    /// Nothing has been counted.
    pub fn new() -> Arc<Metrics> {
        let mut builder = PrometheusBuilder::new();
        for row in METRICS {
            if let Kind::Histogram(buckets) = row.kind {
                let full = Matcher::Full(row.full());
                builder = builder
                    .set_buckets_for_metric(full, buckets)
                    .expect("the table has buckets for each histogram");
            }
        }
        let recorder = builder.build_recorder();
        describe(&recorder);
        Arc::new(Metrics {
            routes: RwLock::default(),
            policies: RwLock::default(),
            commit_events: histogram(&recorder, "commit_events", Vec::new()),
            commit_seconds: histogram(&recorder, "commit_seconds", Vec::new()),
            commits_failed: counter(&recorder, "commits_failed_total", Vec::new()),
            reload_seconds: histogram(&recorder, "reload_seconds", Vec::new()),
            snapshot_seconds: histogram(&recorder, "snapshot_seconds", Vec::new()),
            start_seconds: gauge(&recorder, "start_seconds", Vec::new()),
            streams: gauge(&recorder, "streams", Vec::new()),
            recorder,
        })
    }

    /// What is counted of one office; each thread that counts may have its own.
    pub fn office(self: &Arc<Metrics>, name: &str) -> OfficeMetrics {
        OfficeMetrics::new(Arc::clone(self), name)
    }

    /// A commit that is on disk.
    pub fn commit(&self, events: usize, took: Duration) {
        self.commit_events
            .record(u32::try_from(events).unwrap_or(u32::MAX));
        self.commit_seconds.record(took);
    }

    /// A commit that failed.
    pub fn commit_failed(&self) {
        self.commits_failed.increment(1);
    }

    /// A reload: how it ended for one office.
    pub fn reload(&self, office: &str, outcome: &'static str, took: Duration) {
        let labels = vec![
            label("office", office),
            Label::from_static_parts("outcome", outcome),
        ];
        counter(&self.recorder, "reloads_total", labels).increment(1);
        self.reload_seconds.record(took);
    }

    /// Which policy is in force in an office.
    pub fn policy(&self, office: &str, policy: &str, digest: &str) {
        let mut policies = self
            .policies
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        policies.insert(office.into(), (policy.into(), digest.into()));
    }

    /// A snapshot that was written.
    pub fn snapshot(&self, took: Duration) {
        self.snapshot_seconds.record(took);
    }

    /// The start is over.
    pub fn started(&self, took: Duration) {
        self.start_seconds.set(took);
    }

    /// One event stream more, until what is given back is dropped.
    pub fn stream(&self) -> OpenStream {
        self.streams.increment(1);
        OpenStream(self.streams.clone())
    }

    /// A request that was answered.
    pub fn http(&self, route: &str, status: u16, took: Duration) {
        let route = self.route(route);
        route.seconds.record(took);
        let known = route
            .by_status
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = known.get(&status) {
            return counter.increment(1);
        }
        drop(known);
        let labels = vec![
            label("route", &route.name),
            label("status", &status.to_string()),
        ];
        let counter = counter(&self.recorder, "http_requests_total", labels);
        counter.increment(1);
        let mut known = route
            .by_status
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known.insert(status, counter);
    }

    /// What is counted of a route, made on first sight.
    fn route(&self, name: &str) -> Arc<Route> {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = known.get(name) {
            return Arc::clone(route);
        }
        let name = if known.len() < MOST_ROUTES {
            name
        } else {
            OTHER
        };
        drop(known);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let route = routes.entry(name.into()).or_insert_with(|| {
            let labels = vec![label("route", name)];
            Arc::new(Route {
                name: name.into(),
                seconds: histogram(&self.recorder, "http_seconds", labels),
                by_status: RwLock::default(),
            })
        });
        Arc::clone(route)
    }

    /// Everything as text, for whoever collects it.
    pub fn render(&self) -> String {
        let handle = self.recorder.handle();
        handle.run_upkeep();
        let mut text = handle.render();
        let policies = self.policies.read().unwrap_or_else(PoisonError::into_inner);
        let row = METRICS.iter().find(|row| row.name == "policy_info");
        let row = row.expect("a row of the table");
        let name = row.full();
        write!(text, "# HELP {name} {}\n# TYPE {name} gauge\n", row.text).expect(CANNOT_FAIL);
        for (office, (policy, digest)) in policies.iter() {
            let (office, policy, digest) = (escaped(office), escaped(policy), escaped(digest));
            writeln!(
                text,
                "{name}{{office=\"{office}\",policy=\"{policy}\",digest=\"{digest}\"}} 1"
            )
            .expect(CANNOT_FAIL);
        }
        text
    }

    /// Folds what has been measured, so that it takes no more room the longer nobody collects it; to be called every
    /// few seconds.
    pub fn upkeep(&self) {
        self.recorder.handle().run_upkeep();
    }
}

const CANNOT_FAIL: &str = "writing to a string cannot fail";

/// The value of a label as the text format wants it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// An event stream that is open.
#[derive(Debug)]
pub struct OpenStream(Gauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        let OpenStream(streams) = self;
        streams.decrement(1);
    }
}

fn label(key: &'static str, value: &str) -> Label {
    Label::new(key, value.to_owned())
}

fn key(name: &str, labels: Vec<Label>) -> Key {
    debug_assert!(
        METRICS.iter().any(|row| row.name == name),
        "{name} is in the table"
    );
    Key::from_parts(format!("{}{name}", rows::PREFIX), labels)
}

fn counter(recorder: &PrometheusRecorder, name: &str, labels: Vec<Label>) -> Counter {
    recorder.register_counter(&key(name, labels), &METADATA)
}

fn gauge(recorder: &PrometheusRecorder, name: &str, labels: Vec<Label>) -> Gauge {
    recorder.register_gauge(&key(name, labels), &METADATA)
}

fn histogram(recorder: &PrometheusRecorder, name: &str, labels: Vec<Label>) -> Histogram {
    recorder.register_histogram(&key(name, labels), &METADATA)
}

/// Says of each metric what it means.
fn describe(recorder: &PrometheusRecorder) {
    for row in METRICS {
        let name = row.full().into();
        let unit = row.unit.map(|unit| match unit {
            rows::SECONDS => Unit::Seconds,
            _ => Unit::Count,
        });
        match row.kind {
            Kind::Counter => recorder.describe_counter(name, unit, row.text.into()),
            Kind::Gauge => recorder.describe_gauge(name, unit, row.text.into()),
            Kind::Histogram(_) => recorder.describe_histogram(name, unit, row.text.into()),
        }
    }
}

#[cfg(test)]
mod tests;
