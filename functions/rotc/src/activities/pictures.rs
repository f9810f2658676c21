//! The pictures of an activity: how many it may have, which addresses it may name, and where they are stored.
//!
//! They stand in three places that earlier servers kept differently: `activities.image_path` (the first),
//! `activities.images` (a JSON list as text) and the table `activity_images`. [`write`] keeps the three alike.

use chrono::NaiveDateTime;
use serde_json::Value;
use shared::{Error, Result, db::Change, error::invalid, sql};

/// Pictures sent in one form.
pub const MOST_SENT: usize = 10;

/// Pictures of an activity in the narrow sense.
const MOST_OF_ACTIVITY: usize = 5;

/// Refuses too few and too many pictures for what the activity is.
pub fn check_count(kind: &str, count: usize) -> Result<()> {
    let problem = match (kind, count) {
        ("activity", 0) => "Activities require at least 1 photo.",
        ("activity", count) if count > MOST_OF_ACTIVITY => "Activities can have maximum 5 photos.",
        ("announcement", 0) => "Announcements require at least 1 photo.",
        _ => return Ok(()),
    };
    Err(invalid("photo_count", problem))
}

/// The pictures of an activity as it is stored. Where an adopted row's columns disagree, the list counts, unless it is none
/// or empty.
pub fn listed(images: Option<&str>, image_path: Option<&str>) -> Vec<String> {
    let list = images.and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok()).unwrap_or_default();
    let mut listed: Vec<String> = Vec::new();
    for address in list.iter().filter_map(Value::as_str).filter(|address| !address.is_empty()) {
        if !listed.iter().any(|known| known == address) {
            listed.push(address.to_owned());
        }
    }
    if listed.is_empty() {
        listed.extend(image_path.filter(|path| !path.is_empty()).map(str::to_owned));
    }
    listed
}

/// What two spellings of one address have in common: clients put their own origin in front of `/uploads/...`, and
/// sometimes a query behind it to get around a cache.
pub fn plain(address: &str) -> String {
    let address = address.trim().replace('\\', "/");
    let address = address.split(['?', '#']).next().unwrap_or_default();
    match address.rfind("/uploads/") {
        Some(at) if !address.starts_with("https://res.cloudinary.com/") => address[at..].to_owned(),
        _ => address.to_owned(),
    }
}

/// Those of the `present` pictures that `wanted` names, in its order and as they are stored.
pub fn kept(present: &[String], wanted: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for sent in wanted {
        let known = present.iter().find(|known| *known == sent || plain(known) == plain(sent));
        let known = known.ok_or_else(foreign)?;
        if !kept.contains(known) {
            kept.push(known.clone());
        }
    }
    Ok(kept)
}

/// The `present` pictures and those sent on their own (`POST /api/upload`) that `wanted` names, in its order.
pub async fn named(change: &mut Change, present: &[String], wanted: &[String]) -> Result<Vec<String>> {
    let addresses: Vec<String> = wanted.iter().map(|address| plain(address)).collect();
    let sent = sql!(
        "SELECT address FROM muster.uploads WHERE address = ANY($1) AND kind = 'activity_image' FOR SHARE"
    );
    let sent: Vec<String> = change.all(sent, &[&addresses]).await?;
    let known: Vec<String> = present.iter().cloned().chain(sent).collect();
    kept(&known, wanted)
}

/// An address that is no picture of this activity: another record's file would be shown, and deleted with the activity.
fn foreign() -> Error {
    invalid(
        "unknown_image",
        "One of the photos does not belong to this activity. Reload the page and try again.",
    )
}

/// Writes the pictures of an activity, in this order, wherever they stand. Those that stay keep their ids.
pub async fn write(change: &mut Change, id: i32, pictures: &[String], now: NaiveDateTime) -> Result<()> {
    let set = sql!("UPDATE activities SET image_path = $2, images = $3 WHERE id = $1");
    change.execute(set, &[&id, &pictures.first(), &serde_json::to_string(pictures)?]).await?;
    let delete = sql!(
        "DELETE FROM activity_images AS old
         WHERE activity_id = $1
           AND (image_path <> ALL($2)
                OR EXISTS (SELECT FROM activity_images AS first
                           WHERE first.activity_id = $1 AND first.image_path = old.image_path AND first.id < old.id))"
    );
    change.execute(delete, &[&id, &pictures]).await?;
    let insert = sql!(
        "INSERT INTO activity_images (activity_id, image_path, created_at)
         SELECT $1, wanted.address, $3
         FROM unnest($2::text[]) WITH ORDINALITY AS wanted (address, place)
         WHERE NOT EXISTS (SELECT FROM activity_images
                           WHERE activity_id = $1 AND image_path = wanted.address)
         ORDER BY wanted.place"
    );
    change.execute(insert, &[&id, &pictures, &now]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{kept, listed, plain};

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_list_counts_unless_it_is_none() {
        assert_eq!(listed(Some(r#"["/a","/b","/a"]"#), Some("/c")), owned(&["/a", "/b"]));
        for none in [None, Some(""), Some("[]"), Some("{}"), Some("null"), Some("[1,null]"), Some("[\"")] {
            assert_eq!(listed(none, Some("/c")), owned(&["/c"]), "{none:?}");
        }
        assert_eq!(listed(None, None), owned(&[]));
    }

    #[test]
    fn origins_and_queries_do_not_count() {
        for same in [
            "/uploads/a.png",
            "https://rotc.example.test/uploads/a.png",
            "capacitor://localhost/uploads/a.png?t=1",
            "C:\\server\\uploads\\a.png",
            " /srv/app/uploads/a.png#x ",
        ] {
            assert_eq!(plain(same), "/uploads/a.png");
        }
        let cloud = "https://res.cloudinary.com/demo/image/upload/v1/uploads/a.png";
        assert_eq!(plain(cloud), cloud);
    }

    #[test]
    fn what_is_kept_stays_as_it_was_stored_and_in_the_order_asked_for() {
        let present = owned(&["/srv/uploads/a.png", "/uploads/b.png"]);
        let wanted = owned(&["http://x/uploads/b.png", "/uploads/a.png", "/uploads/b.png"]);
        assert_eq!(kept(&present, &wanted).ok(), Some(owned(&["/uploads/b.png", "/srv/uploads/a.png"])));
        assert!(kept(&present, &owned(&["/uploads/c.png"])).is_err());
    }
}
