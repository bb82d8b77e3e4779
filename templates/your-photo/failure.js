// What went wrong, by the name of the message that says it to readers: new Failure("too-large", { megapixels: 120 }).
class Failure extends Error {
  constructor(message, values = {}) {
    super(message);
    this.values = values;
  }
}
