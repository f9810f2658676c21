//! What can be said about a cadet in a body: the same fields in camelCase on the client API and in
//! snake_case on the resource API.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    Error, Result,
    error::{invalid, invalid_field},
    http::{
        FormData, UploadedFile,
        lenient::{is_blank, text},
    },
};
use utoipa::ToSchema;
use validator::Validate;

/// Declares both spellings of the body, and the way from the client's to ours.
macro_rules! cadet_fields {
    ($($(#[$doc:meta])* $field:ident: $longest:literal),* $(,)?) => {
        /// The fields of a cadet. One that is absent or null keeps its value, an empty text clears it.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
        pub struct CadetFields {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "text")]
                #[validate(length(max = $longest, message = "This text is too long."))]
                pub $field: Option<String>,
            )*
        }

        /// The fields of a cadet as the client names them. One that is absent or null keeps its value, an
        /// empty text clears it.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
        #[serde(rename_all = "camelCase")]
        pub struct ClientCadetFields {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "text")]
                #[validate(length(max = $longest, message = "This text is too long."))]
                pub $field: Option<String>,
            )*
        }

        impl From<ClientCadetFields> for CadetFields {
            fn from(sent: ClientCadetFields) -> Self {
                Self { $($field: sent.$field),* }
            }
        }
    };
}

cadet_fields! {
    /// Rank (`Cdt`).
    rank: 100,
    /// First name; never empty.
    first_name: 200,
    /// Middle name or initial.
    middle_name: 200,
    /// Last name; never empty.
    last_name: 200,
    /// `Jr.`
    suffix_name: 100,
    /// Unique and never empty.
    student_id: 200,
    /// Mail address.
    email: 320,
    /// Telephone number.
    contact_number: 100,
    /// Home address.
    address: 2000,
    /// Academic course (`BSIT`).
    course: 200,
    /// Year, as text (`1st Year`).
    year_level: 100,
    /// `2024-2025`
    school_year: 100,
    /// Battalion.
    battalion: 200,
    /// Company.
    company: 200,
    /// Platoon.
    platoon: 200,
    /// Military science course (`MS1`).
    cadet_course: 100,
    /// `1st Semester`
    semester: 100,
    /// Position in the corps (`S1`).
    corp_position: 200,
    /// Gender.
    gender: 100,
    /// Religion.
    religion: 200,
    /// `YYYY-MM-DD`
    birthdate: 40,
    /// `Ongoing`, `Completed`, ...
    status: 100,
    /// Name of the account.
    username: 200,
}

/// An edit with a picture, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct CadetForm {
    /// What is said about the cadet.
    #[serde(flatten)]
    pub fields: CadetFields,
    /// The picture.
    #[schema(format = Binary)]
    pub profile_pic: Option<String>,
}

/// The same on the clients' pages.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the form")]
pub struct ClientCadetForm {
    /// What is said about the cadet.
    #[serde(flatten)]
    pub fields: ClientCadetFields,
    /// The picture.
    #[schema(format = Binary)]
    pub profile_pic: Option<String>,
}

impl CadetFields {
    /// Names of the required fields that are sent, but empty.
    pub(super) fn emptied(&self) -> Vec<&'static str> {
        self.required()
            .into_iter()
            .filter(|(_, text)| text.is_some_and(is_blank))
            .map(|(name, _)| name)
            .collect()
    }

    /// Names of the required fields that a new cadet lacks.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        self.required()
            .into_iter()
            .filter(|(_, text)| text.is_none_or(is_blank))
            .map(|(name, _)| name)
            .collect()
    }

    fn required(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("first_name", self.first_name.as_deref()),
            ("last_name", self.last_name.as_deref()),
            ("student_id", self.student_id.as_deref()),
        ]
    }
}

/// The fields of a form, and its picture, which must be in the field `photo`.
pub(super) fn read<F>(mut form: FormData, photo: &str) -> Result<(CadetFields, Option<UploadedFile>)>
where
    F: DeserializeOwned + Validate + Into<CadetFields>,
{
    let picture = form
        .only_file(photo)
        .map_err(|problem| invalid("bad_image", format!("Image upload failed: {problem}")))?;
    let fields: F = serde_json::from_value(Value::Object(form.fields)).map_err(wrong_type)?;
    fields.validate().map_err(|errors| {
        let field = errors.field_errors().into_keys().min().unwrap_or_default().to_string();
        invalid_field(&field, format!("{field} is too long"))
    })?;
    Ok((fields.into(), picture))
}

fn wrong_type(_: serde_json::Error) -> Error {
    invalid("wrong_type", "A field has the wrong type")
}
