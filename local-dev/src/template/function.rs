//! One function of a system in its template: the program, its rights, its log and its schedule.

use shared::system::{Group, Need, Sockets, System, Worker};

/// Longest answer in seconds: the gateway gives up after 30.
const ANSWER_SECONDS: u32 = 30;

const FUNCTION: &str = include_str!("pieces/function.yaml");
const FILES: &str = include_str!("pieces/files.yaml");
const SCHEDULE: &str = include_str!("pieces/schedule.yaml");
const PERMISSION: &str = include_str!("pieces/permission.yaml");

const SOCKETS: &str = include_str!("pieces/sockets.yaml");
const SOCKETS_RIGHT: &str = include_str!("pieces/sockets_right.yaml");
const SOCKETS_ENVIRONMENT: &str = "          SOCKETS_ENDPOINT: !Sub https://${Sockets}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${SocketsStage}\n";
const DATABASE_ENVIRONMENT: &str = "          DATABASE_URL: !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:DATABASE_URL::${SecretVersion}}}\"\n";
const FILES_ENVIRONMENT: &str = "          FILES_BUCKET: !Ref FilesBucket
          CLOUDINARY_URL: !If [HasCloudinary, !Ref CloudinaryUrl, !Ref AWS::NoValue]
          CLOUDINARY_FOLDER: !If [HasCloudinary, !Ref CloudinaryFolder, !Ref AWS::NoValue]
";
const MAIL_ENVIRONMENT: &str = "          MAIL_FROM: !If [SendsMail, !Ref MailFrom, !Ref AWS::NoValue]
          SMTP_URL: !If
            - SendsMail
            - !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:SMTP_URL::${SecretVersion}}}\"
            - !Ref AWS::NoValue
";

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

fn worker_binary(system: &System, worker: &Worker) -> String {
    match worker.schedule {
        Some(_) => format!("{}-worker-{}", system.name, worker.name),
        None => format!("{}-{}", system.name, worker.name),
    }
}

/// The function of a route group, and the gateway's right to call it.
///
/// One right for the whole gateway: one per address would outgrow the 20 KB that a function's policy may have.
pub(super) fn of_group(system: &System, group: &Group) -> String {
    let binary = group_binary(system, group);
    let facts = Facts {
        id: id(system, &binary),
        description: format!("Answers {}", group.prefixes.join(", ")),
        memory_mb: group.memory_mb,
        timeout_seconds: ANSWER_SECONDS,
        needs: group.needs,
        events: String::new(),
        binary,
    };
    facts.render() + &permission(&facts.id, "Api")
}

/// The function of a worker, and its schedule if it has one.
pub(super) fn of_worker(system: &System, worker: &Worker) -> String {
    // Without a mail server there is nothing for a mail worker to do.
    let state =
        if worker.needs.contains(&Need::Mail) { "!If [SendsMail, ENABLED, DISABLED]" } else { "ENABLED" };
    let events = worker.schedule.map(|when| SCHEDULE.replace("@schedule@", when).replace("@state@", state));
    let binary = worker_binary(system, worker);
    let facts = Facts {
        id: id(system, &binary),
        description: worker.description.to_owned(),
        memory_mb: worker.memory_mb,
        timeout_seconds: worker.timeout_seconds,
        needs: worker.needs,
        events: events.unwrap_or_default(),
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
            .replace("@events@", &self.events)
            .replace("@statements@\n", &self.rights())
    }

    fn rights(&self) -> String {
        let rights = self.needs.iter().map(|need| match need {
            Need::Files => FILES,
            Need::Sockets => SOCKETS_RIGHT,
            Need::Database | Need::Mail => "",
        });
        rights.collect()
    }

    fn environment(&self) -> String {
        let variables = self.needs.iter().map(|need| match need {
            Need::Database => DATABASE_ENVIRONMENT,
            Need::Files => FILES_ENVIRONMENT,
            Need::Mail => MAIL_ENVIRONMENT,
            Need::Sockets => SOCKETS_ENVIRONMENT,
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

/// `rotc-worker-mail` of the system `rotc` is `WorkerMail` in the template.
fn id(system: &System, binary: &str) -> String {
    let name = binary.strip_prefix(system.name).unwrap_or(binary);
    let words = name.split('-').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
