// Sends the answer on to the application. Without script, the person presses the button.
document.forms[0].submit();
