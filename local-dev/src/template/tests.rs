use std::collections::BTreeSet;

use shared::queue::Queue;

use super::*;

#[test]
fn every_address_of_every_group_reaches_its_function() {
    for system in systems() {
        let text = nested(system);
        for group in system.groups {
            for path in super::nested::addresses(system, group) {
                let (_, after) = text.split_once(&format!("          {path}:\n")).expect(&path);
                let target = format!("x-amazon-apigateway-integrations/{}-{}\"", system.name, group.name);
                let route: String = after.lines().take(3).collect();
                assert!(route.contains(&target), "{path} should go to {target}, not {route}");
            }
        }
    }
}

#[test]
fn a_template_stays_within_the_limits_of_the_platform() {
    for system in systems() {
        let text = nested(system);
        // A schedule becomes a rule, a permission and an invoke configuration.
        let resources =
            text.matches("\n    Type: AWS::").count() + 3 * text.matches("Type: Schedule").count();
        assert!(resources < 500, "{} has {resources} resources", system.name);
        let routes = text.matches("x-amazon-apigateway-any-method:").count();
        assert!(routes <= super::nested::MOST_ROUTES, "{} has {routes} routes", system.name);
        assert!(
            text.len() < 1_000_000 && !text.contains('@'),
            "a placeholder was left, or the text is too long"
        );
    }
}

#[test]
fn no_two_groups_share_an_address() {
    for system in systems() {
        let mut seen = BTreeSet::new();
        for prefix in system.groups.iter().flat_map(|group| group.prefixes) {
            assert!(prefix.starts_with('/') && !prefix.ends_with('/'), "{prefix}");
            assert!(seen.insert(prefix), "{prefix} belongs to two groups");
        }
    }
}

#[test]
fn only_functions_that_need_files_may_touch_the_bucket() {
    for system in systems() {
        let text = nested(system);
        let users =
            system.groups.iter().filter(|group| group.needs.contains(&shared::system::Need::Files)).count()
                + system
                    .workers
                    .iter()
                    .filter(|worker| worker.needs.contains(&shared::system::Need::Files))
                    .count();
        assert_eq!(text.matches("s3:GetObject").count(), users);
        assert_eq!(text.matches("CLOUDINARY_URL: ").count(), users);
        assert!(!text.contains("s3:*") && !text.contains("Resource: \"*\""));
    }
}

#[test]
fn functions_without_the_programs_that_read_know_that_they_have_none() {
    for system in systems() {
        let text = nested(system);
        let without = "TESSERACT: !If [HasOcrLayer, !Ref AWS::NoValue, \"off\"]";
        assert_eq!(text.matches("Layers: !If [HasOcrLayer").count(), text.matches(without).count());
        let reads = system.workers.iter().any(|worker| worker.needs.contains(&shared::system::Need::Ocr));
        assert_eq!(text.contains(without), reads, "{}", system.name);
    }
}

#[test]
fn mails_leave_from_the_queues_that_hold_them() {
    use shared::system::{Need, Starts};
    for worker in systems().iter().flat_map(|system| system.workers) {
        if let Starts::From(queue) = worker.starts {
            let holds = matches!(queue, Queue::Delivery | Queue::Upkeep);
            assert_eq!(worker.needs.contains(&Need::Mail), holds, "{}", worker.name);
        }
    }
}

/// A job of another queue would wait for ever.
#[test]
fn every_job_has_a_worker_of_its_queue() {
    use shared::system::Starts;
    for system in systems() {
        for kind in system.jobs.kinds {
            let served = system.workers.iter().any(|worker| worker.starts == Starts::From(kind.queue));
            assert!(served, "{}: nobody takes from the queue of {}", system.name, kind.name);
        }
    }
}

#[test]
fn every_worker_of_a_queue_has_its_queue_and_time_for_its_longest_job() {
    use shared::system::Starts;
    for system in systems() {
        let text = nested(system);
        let mut workers = 0;
        for worker in system.workers {
            let Starts::From(queue) = worker.starts else { continue };
            workers += 1;
            let name = format!("QueueName: !Sub ${{Prefix}}-{}-{}\n", system.name, queue.name());
            let (_, after) = text.split_once(&name).expect(&name);
            let visibility = format!("VisibilityTimeout: {}\n", 6 * worker.timeout_seconds);
            assert!(after.lines().take(5).any(|line| visibility.contains(line.trim())), "{visibility}");
            for kind in system.jobs.kinds.iter().filter(|kind| kind.queue == queue) {
                let enough = kind.lease.as_secs() <= u64::from(worker.timeout_seconds);
                assert!(enough, "{} may take longer than its function", kind.name);
            }
        }
        assert_eq!(text.matches("FunctionResponseTypes: [ReportBatchItemFailures]").count(), workers);
        for kind in system.jobs.kinds.iter().filter(|kind| kind.every.is_some()) {
            assert!(text.contains(&format!("Input: '{{\"start\": \"{}\"}}'", kind.name)), "{}", kind.name);
        }
        assert!(
            system.jobs.kinds.iter().all(|kind| kind.lease.as_secs() <= 900),
            "Lambda ends a function then"
        );
    }
}

#[test]
fn watch_router_keeps_the_rest_of_the_manifest() {
    let before = "# mine\n[package]\nname = \"x\"\n\n[profile.dev]\ndebug = false # why\n";
    let once = watch_router(before, systems()[0]).unwrap();
    assert!(once.contains("# mine") && once.contains("debug = false # why"));
    let function = format!("{}-auth", systems()[0].name);
    assert!(once.contains(&format!("\"/api/auth/{{*rest}}\" = \"{function}\"")), "{once}");
    assert_eq!(watch_router(&once, systems()[0]).unwrap(), once);
    let stale = once.replace(&function, "gone");
    assert_eq!(watch_router(&stale, systems()[0]).unwrap(), once);
}

#[test]
fn generated_files_and_programs_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(check_all(root).unwrap(), Vec::<String>::new());
}
