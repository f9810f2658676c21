//! What can be said about a member of the staff in a body.

use serde::Deserialize;
use serde_json::Value;
use shared::{
    Result,
    error::invalid,
    http::lenient::{filled, is_blank, text},
};
use utoipa::ToSchema;
use validator::{Validate, ValidateEmail};

/// Declares the bodies: the same fields for a new member, for an edit and for one's own profile.
macro_rules! staff_fields {
    ($($(#[$doc:meta])* $field:ident: $longest:literal),* $(,)?) => {
        /// The fields of a member of the staff. One that is absent or null keeps its value, an empty text
        /// clears it.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
        pub struct StaffChanges {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "text")]
                #[validate(length(max = $longest, message = "This text is too long."))]
                pub $field: Option<String>,
            )*
        }

        /// A member of the staff to be added.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
        pub struct NewStaff {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "text")]
                #[validate(length(max = $longest, message = "This text is too long."))]
                pub $field: Option<String>,
            )*
            /// Whether an account is opened too; absent means yes.
            #[serde(default)]
            #[schema(value_type = Option<bool>)]
            pub create_user_account: Value,
            /// The first password, 8 to 72 characters; without it one is drawn, or a link is mailed.
            #[serde(default, deserialize_with = "text")]
            #[validate(length(max = 72, message = "This text is too long."))]
            pub password: Option<String>,
        }

        /// One's own profile. What is absent or null keeps its value.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
        pub struct ProfileChanges {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "text")]
                #[validate(length(max = $longest, message = "This text is too long."))]
                pub $field: Option<String>,
            )*
            /// True hands the profile in: from then on only admins edit it.
            #[serde(default)]
            #[schema(value_type = Option<bool>)]
            pub is_profile_completed: Value,
        }

        impl From<NewStaff> for StaffChanges {
            fn from(sent: NewStaff) -> Self {
                Self { $($field: sent.$field),* }
            }
        }

        impl From<ProfileChanges> for StaffChanges {
            fn from(sent: ProfileChanges) -> Self {
                Self { $($field: sent.$field),* }
            }
        }
    };
}

staff_fields! {
    /// Rank (`Sgt`).
    rank: 100,
    /// First name; never empty.
    first_name: 200,
    /// Middle name or initial.
    middle_name: 200,
    /// Last name; never empty.
    last_name: 200,
    /// `Jr.`
    suffix_name: 100,
    /// Mail address; no two members share one.
    email: 320,
    /// Telephone number.
    contact_number: 100,
    /// Position (`Instructor`, `Commandant`).
    role: 200,
    /// A new picture as a data URL (PNG, JPEG, WebP or GIF), or where one is.
    profile_pic: 8_000_000,
    /// Serial number in the armed forces.
    afpsn: 100,
    /// Birthdate, as text.
    birthdate: 100,
    /// Place of birth.
    birthplace: 500,
    /// Age in years.
    age: 20,
    /// Height, as text.
    height: 100,
    /// Weight, as text.
    weight: 100,
    /// Blood type (`AB+`).
    blood_type: 50,
    /// Home address.
    address: 2000,
    /// Civil status.
    civil_status: 100,
    /// Nationality.
    nationality: 100,
    /// Gender.
    gender: 100,
    /// Languages spoken.
    language_spoken: 500,
    /// Size of the boots.
    combat_boots_size: 100,
    /// Size of the uniform.
    uniform_size: 100,
    /// Size of the cap.
    bullcap_size: 100,
    /// Web address of a profile.
    facebook_link: 2000,
    /// ROTC unit.
    rotc_unit: 500,
    /// Mobilization center.
    mobilization_center: 500,
    /// Name of the account.
    username: 200,
}

impl StaffChanges {
    /// Refuses names that are sent and empty.
    pub(super) fn refuse_empty_names(&self) -> Result<()> {
        let names = [&self.first_name, &self.last_name];
        if names.into_iter().any(|name| name.as_deref().is_some_and(is_blank)) {
            Err(names_required())
        } else {
            Ok(())
        }
    }

    /// Refuses a new member without a name.
    pub(super) fn require_names(&self) -> Result<()> {
        match (filled(&self.first_name), filled(&self.last_name)) {
            (Some(_), Some(_)) => Ok(()),
            _ => Err(names_required()),
        }
    }

    /// The mail address that is sent, unless it is the one on file: old data holds any text.
    pub(super) fn new_email(&self, on_file: Option<&str>) -> Result<Option<&str>> {
        let email = filled(&self.email).filter(|email| Some(*email) != on_file);
        match email {
            Some(email) if !email.validate_email() => {
                Err(invalid("bad_email", "Enter a valid email address."))
            }
            email => Ok(email),
        }
    }
}

fn names_required() -> shared::Error {
    invalid("required", "First name and last name are required")
}
