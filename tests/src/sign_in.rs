//! Sessions for the people of a test, opened without the sign-in route, which has tests of its own.

use shared::{
    auth::session::{self, Device, Tokens},
    db::{Actor, UserKey},
};

use crate::{Add, TestApp, a_staff_member, an_admin, client::Who};

impl TestApp {
    /// A new session of the user with this id.
    pub async fn sign_in(&self, user: impl Into<UserKey>) -> Tokens {
        let user = user.into();
        let actor = Actor::user(user.clone());
        let mut change = self.app.db.change(&actor).await.expect("a transaction opens");
        let tokens = session::open(&self.app, &mut change, user, &Device::default()).await;
        change.commit().await.expect("the session is stored");
        tokens.expect("a session opens")
    }

    /// The token `who` sends; everybody has one session for the whole test.
    pub(crate) async fn token(&self, who: &Who) -> Option<String> {
        let user: UserKey = match who {
            Who::Nobody => return None,
            Who::Token(token) => return Some(token.clone()),
            Who::User(user) => user.clone(),
            Who::Admin => {
                (*self.admin.get_or_init(async || an_admin().add_to(self).await.user_id).await).into()
            }
            Who::Staff => {
                (*self.staff.get_or_init(async || a_staff_member().add_to(self).await.user_id).await).into()
            }
        };
        let kept = self.tokens.lock().expect("no test thread panicked").get(&user).cloned();
        if kept.is_some() {
            return kept;
        }
        let token = self.sign_in(user.clone()).await.access;
        self.tokens.lock().expect("no test thread panicked").insert(user, token.clone());
        Some(token)
    }

    /// The id of the user behind [`TestApp::as_admin`].
    pub async fn admin_id(&self) -> i32 {
        self.token(&Who::Admin).await;
        *self.admin.get().expect("just added")
    }

    /// The id of the user behind [`TestApp::as_staff`].
    pub async fn staff_user_id(&self) -> i32 {
        self.token(&Who::Staff).await;
        *self.staff.get().expect("just added")
    }
}
