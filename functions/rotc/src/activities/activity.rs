//! An activity as the resource API answers it.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{App, Result, db::Read, error::not_found, row, sql};
use utoipa::ToSchema;

use super::pictures;
use crate::answer::iso;

row! {
    /// An activity as it is stored.
    #[derive(Clone, Debug)]
    pub struct ActivityRow {
        id: i32,
        title: String,
        description: Option<String>,
        date: Option<String>,
        kind: String,
        image_path: Option<String>,
        images: Option<String>,
    }
}

row! {
    struct ImageRow {
        id: i32,
        activity_id: i32,
        image_path: String,
        created_at: Option<NaiveDateTime>,
    }
}

/// A picture of an activity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActivityImage {
    /// The picture's id; none until the activity is first changed here, when an earlier server stored the picture.
    pub id: Option<i32>,
    /// The activity's id.
    pub activity: i32,
    /// Where the picture is.
    pub image_url: String,
    /// When it was added.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub created_at: Option<NaiveDateTime>,
}

/// An activity, announcement, achievement or event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    /// The activity's id.
    pub id: i32,
    /// Title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// `YYYY-MM-DD`; activities of earlier servers may have other words.
    pub date: Option<String>,
    /// `activity`, `announcement`, `achievement` or `event`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The first picture.
    pub image_path: Option<String>,
    /// The same as `image_path`.
    pub image_url: Option<String>,
    /// All pictures: the text of a JSON array.
    pub images: String,
    /// All pictures.
    pub images_list: Vec<String>,
    /// All pictures, with their ids.
    pub activity_images: Vec<ActivityImage>,
    /// When its first picture was added; none without one.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub created_at: Option<NaiveDateTime>,
}

/// The activity with this id.
pub async fn find(app: &App, id: i32) -> Result<Activity> {
    let find = sql!(
        "SELECT id, title, description, date, coalesce(nullif(type, ''), 'activity') AS kind, image_path, images
         FROM activities WHERE id = $1"
    );
    let mut read = app.db.read().await?;
    let row: Option<ActivityRow> = read.one(find, &[&id]).await?;
    let mut found = with_images(&mut read, row.into_iter().collect()).await?;
    found.pop().ok_or_else(unknown)
}

/// 404.
pub fn unknown() -> shared::Error {
    not_found("Activity not found")
}

/// The activities of these rows, with one query for all pictures.
pub async fn with_images(read: &mut Read, rows: Vec<ActivityRow>) -> Result<Vec<Activity>> {
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    let list = sql!(
        "SELECT id, activity_id, image_path, created_at FROM activity_images
         WHERE activity_id = ANY($1) ORDER BY id"
    );
    let images: Vec<ImageRow> = read.all(list, &[&ids]).await?;
    rows.into_iter().map(|row| row.activity(&images)).collect()
}

impl ActivityRow {
    fn activity(self, stored: &[ImageRow]) -> Result<Activity> {
        let images_list = pictures::listed(self.images.as_deref(), self.image_path.as_deref());
        let image = |address: &String| {
            let row = stored.iter().find(|row| row.activity_id == self.id && row.image_path == *address);
            ActivityImage {
                id: row.map(|row| row.id),
                activity: self.id,
                image_url: address.clone(),
                created_at: row.and_then(|row| row.created_at),
            }
        };
        let activity_images: Vec<ActivityImage> = images_list.iter().map(image).collect();
        Ok(Activity {
            created_at: activity_images.iter().filter_map(|image| image.created_at).min(),
            id: self.id,
            title: self.title,
            description: self.description,
            date: self.date,
            kind: self.kind,
            image_path: images_list.first().cloned(),
            image_url: images_list.first().cloned(),
            images: serde_json::to_string(&images_list)?,
            images_list,
            activity_images,
        })
    }
}
