// Sends the secret of the link and puts the session where the client looks for it.
(async () => {
  const show = (title, text) => {
    document.getElementById('title').textContent = title;
    document.getElementById('text').textContent = text;
  };
  const code = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  try {
    const answer = await fetch('/api/auth/link', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      show('That did not work', `${body.message}. Ask for a new link on the sign-in page.`);
      return;
    }
    localStorage.setItem('token', body.token);
    localStorage.setItem('role', body.role);
    localStorage.setItem('isProfileCompleted', String(body.isProfileCompleted));
    if (body.cadetId) localStorage.setItem('cadetId', String(body.cadetId));
    else localStorage.removeItem('cadetId');
    const cadetPage = body.isProfileCompleted ? '/cadet/dashboard' : '/cadet/profile';
    location.replace(body.role === 'cadet' ? cadetPage : '/staff/dashboard');
  } catch {
    show('No connection', 'The server could not be reached. Open the link in your mail again.');
  }
})();
