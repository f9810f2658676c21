//! One function of a system in its template: the program, its rights, its log and its schedule.

use shared::{
    jobs::{self, JobKind},
    queue::{MOST_RECEIVES, Queue},
    system::{Group, Need, Sockets, Starts, System, Worker},
};

/// Longest answer in seconds: the gateway gives up after 30.
const ANSWER_SECONDS: u32 = 30;

/// The longest that Lambda lets a function run.
const LONGEST_SECONDS: u32 = 900;

const FUNCTION: &str = include_str!("pieces/function.yaml");
const FILES: &str = include_str!("pieces/files.yaml");
const SCHEDULE: &str = include_str!("pieces/schedule.yaml");
const PERMISSION: &str = include_str!("pieces/permission.yaml");

const SOCKETS: &str = include_str!("pieces/sockets.yaml");
const SOCKETS_RIGHT: &str = include_str!("pieces/sockets_right.yaml");
const SOCKETS_ENVIRONMENT: &str = "          SOCKETS_ENDPOINT: !Sub https://${Sockets}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${SocketsStage}\n";
const DATABASE_ENVIRONMENT: &str = "          DATABASE_URL: !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:DATABASE_URL::${SecretVersion}}}\"
          DATABASE_POOLER: !If [SaysPooler, !Ref Pooler, !Ref AWS::NoValue]
          DATABASE_DIRECT_URL: !If
            - HasPooler
            - !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:DATABASE_DIRECT_URL::${SecretVersion}}}\"
            - !Ref AWS::NoValue
          REDIS_URL: !If [HasRedis, !Ref RedisUrl, !Ref AWS::NoValue]
";
const FILES_ENVIRONMENT: &str = "          FILES_BUCKET: !Ref FilesBucket
          CLOUDINARY_URL: !If [HasCloudinary, !Ref CloudinaryUrl, !Ref AWS::NoValue]
          CLOUDINARY_FOLDER: !If [HasCloudinary, !Ref CloudinaryFolder, !Ref AWS::NoValue]
";
const OCR_ENVIRONMENT: &str = "          TESSERACT: !If [HasOcrLayer, !Ref AWS::NoValue, \"off\"]\n";
const OCR_LAYER: &str = "      Layers: !If [HasOcrLayer, [!Ref OcrLayer], !Ref AWS::NoValue]\n";
const QUEUE: &str = include_str!("pieces/queue.yaml");
const QUEUES_RIGHT: &str = include_str!("pieces/queues_right.yaml");
const MESSAGES: &str = include_str!("pieces/messages.yaml");
const MESSAGES_RIGHT: &str = include_str!("pieces/messages_right.yaml");
const MAIL_RIGHT: &str = include_str!("pieces/mail_right.yaml");
const JOB_SCHEDULE: &str = include_str!("pieces/job_schedule.yaml");
const MAIL_ENVIRONMENT: &str = "          SMTP_URL: !If
            - SendsBySmtp
            - !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:SMTP_URL::${SecretVersion}}}\"
            - !Ref AWS::NoValue
";

/// How many functions of a system need something.
pub(super) fn with(system: &System, need: Need) -> usize {
    let groups = system.groups.iter().map(|group| group.needs);
    let workers = system.workers.iter().map(|worker| worker.needs);
    let needs = groups.chain(workers).chain(system.sockets.map(|sockets| sockets.needs));
    needs.filter(|needs| needs.contains(&need)).count()
}

/// The names of the programs of a system, which are also those of its functions.
pub fn binaries(system: &System) -> Vec<String> {
    let groups = system.groups.iter().map(|group| group_binary(system, group));
    let workers = system.workers.iter().map(|worker| worker_binary(system, worker));
    groups.chain(system.sockets.map(|sockets| sockets_binary(system, sockets))).chain(workers).collect()
}

pub(super) fn group_binary(system: &System, group: &Group) -> String {
    format!("{}-{}", system.name, group.name)
}

fn sockets_binary(system: &System, sockets: &Sockets) -> String {
    format!("{}-{}", system.name, sockets.name)
}

/// The gateway of the WebSockets, its function, and its right to call it.
pub(super) fn of_sockets(system: &System, sockets: &Sockets) -> String {
    let binary = sockets_binary(system, sockets);
    let facts = Facts {
        id: id(system, &binary),
        description: sockets.description.to_owned(),
        memory_mb: sockets.memory_mb,
        timeout_seconds: ANSWER_SECONDS,
        needs: sockets.needs,
        system: system.name,
        queue: None,
        events: String::new(),
        binary: binary.clone(),
    };
    let gateway = SOCKETS.replace("@system@", system.name).replace("@binary@", &binary);
    gateway + &facts.render() + &permission(&facts.id, "Sockets")
}

/// The right of a gateway to call a function.
fn permission(id: &str, api: &str) -> String {
    PERMISSION.replace("@Id@", id).replace("@api@", api)
}

pub(super) fn worker_binary(system: &System, worker: &Worker) -> String {
    match worker.starts {
        Starts::ByHand => format!("{}-{}", system.name, worker.name),
        _ => format!("{}-worker-{}", system.name, worker.name),
    }
}

/// The function of a route group, and the gateway's right to call it.
///
/// One right for the whole gateway: one per address would outgrow the 20 KB that a function's policy may have.
pub(super) fn of_group(system: &System, group: &Group) -> String {
    let binary = group_binary(system, group);
    let facts = Facts {
        id: id(system, &binary),
        description: format!("{} Answers {}", group.about, group.prefixes.join(", ")),
        memory_mb: group.memory_mb,
        timeout_seconds: ANSWER_SECONDS,
        needs: group.needs,
        system: system.name,
        queue: None,
        events: String::new(),
        binary,
    };
    facts.render() + &permission(&facts.id, "Api")
}

/// The two queues of a kind of work: for its messages, and for dead letters.
pub(super) fn of_queue(system: &System, queue: Queue) -> String {
    let workers = system.workers.iter().filter(|worker| worker.starts == Starts::From(queue));
    let longest = workers.map(|worker| worker.timeout_seconds).max().unwrap_or(LONGEST_SECONDS);
    QUEUE
        .replace("@Queue@", &capital(queue.name()))
        .replace("@system@", system.name)
        .replace("@queue@", queue.name())
        .replace("@visibility@", &(6 * longest).to_string())
        .replace("@receives@", &MOST_RECEIVES.to_string())
}

/// What starts a worker.
fn events(system: &System, worker: &Worker) -> String {
    match worker.starts {
        Starts::ByHand => String::new(),
        Starts::At(when) => SCHEDULE.replace("@schedule@", when),
        Starts::WithJobs => {
            let minute = SCHEDULE.replace("@schedule@", "rate(1 minute)");
            minute + &system.jobs.kinds.iter().filter_map(job_schedule).collect::<String>()
        }
        Starts::From(queue) => {
            // Jobs come one at a time, so that each has the function's whole time and none waits behind another; only
            // those on pictures are short and many.
            let batch = if queue == Queue::Image { "10" } else { "1" };
            MESSAGES.replace("@Queue@", &capital(queue.name())).replace("@batch@", batch)
        }
    }
}

fn job_schedule(kind: &JobKind) -> Option<String> {
    let event: String = kind.name.split('_').map(capital).collect();
    let schedule = JOB_SCHEDULE.replace("@Event@", &event).replace("@schedule@", &jobs::cron(kind)?);
    Some(schedule.replace("@kind@", kind.name))
}

/// The function of a worker, with what starts it.
pub(super) fn of_worker(system: &System, worker: &Worker) -> String {
    let binary = worker_binary(system, worker);
    let facts = Facts {
        id: id(system, &binary),
        description: worker.description.to_owned(),
        memory_mb: worker.memory_mb,
        timeout_seconds: worker.timeout_seconds,
        needs: worker.needs,
        system: system.name,
        queue: match worker.starts {
            Starts::From(queue) => Some(queue),
            _ => None,
        },
        events: events(system, worker),
        binary,
    };
    facts.render()
}

/// What differs between functions.
struct Facts<'a> {
    binary: String,
    id: String,
    description: String,
    memory_mb: u32,
    timeout_seconds: u32,
    needs: &'a [Need],
    system: &'static str,
    queue: Option<Queue>,
    events: String,
}

impl Facts<'_> {
    fn render(&self) -> String {
        FUNCTION
            .replace("@description@", &short(&self.description))
            .replace("@Id@", &self.id)
            .replace("@binary@", &self.binary)
            .replace("@memory@", &self.memory_mb.to_string())
            .replace("@timeout@", &self.timeout_seconds.to_string())
            .replace("@environment@", &self.environment())
            .replace("@layers@", if self.needs.contains(&Need::Ocr) { OCR_LAYER } else { "" })
            .replace("@events@", &self.events)
            .replace("@statements@\n", &self.rights())
    }

    fn rights(&self) -> String {
        let rights = self.needs.iter().map(|need| match need {
            Need::Files => FILES,
            Need::Sockets => SOCKETS_RIGHT,
            Need::Database => QUEUES_RIGHT,
            Need::Mail => MAIL_RIGHT,
            Need::Ocr => "",
        });
        let messages = self.queue.map(|queue| MESSAGES_RIGHT.replace("@Queue@", &capital(queue.name())));
        rights.collect::<String>().replace("@system@", self.system) + &messages.unwrap_or_default()
    }

    fn environment(&self) -> String {
        let variables = self.needs.iter().map(|need| match need {
            Need::Database => DATABASE_ENVIRONMENT,
            Need::Files => FILES_ENVIRONMENT,
            Need::Mail => MAIL_ENVIRONMENT,
            Need::Sockets => SOCKETS_ENVIRONMENT,
            Need::Ocr => OCR_ENVIRONMENT,
        });
        let variables: String = variables.collect();
        if variables.is_empty() {
            variables
        } else {
            format!("      Environment:\n        Variables:\n{variables}")
        }
    }
}

/// A description Lambda accepts: 256 characters at most.
fn short(description: &str) -> String {
    if description.chars().count() <= 256 {
        return description.to_owned();
    }
    description.chars().take(253).chain("...".chars()).collect()
}

/// `<system>-worker-mail` is `WorkerMail` in the template.
fn id(system: &System, binary: &str) -> String {
    let name = binary.strip_prefix(system.name).unwrap_or(binary);
    name.split('-').filter(|word| !word.is_empty()).map(capital).collect()
}

fn capital(word: &str) -> String {
    word[..1].to_ascii_uppercase() + &word[1..]
}
