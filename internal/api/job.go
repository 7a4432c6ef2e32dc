package api

import (
	"log/slog"
	"strings"
	"time"
)

// JobKind is what a job does.
type JobKind string

// The kinds of jobs. Jobs of the kinds containers and remove have items, each with
// an end of its own; the others do one thing, which succeeds or fails as a whole.
const (
	JobContainers JobKind = "containers" // an action on several containers
	JobPull       JobKind = "pull"
	JobPush       JobKind = "push"
	JobSave       JobKind = "save" // an image, to a file of whoever asked
	JobPrune      JobKind = "prune"
	JobRemove     JobKind = "remove" // of things that were chosen: containers, networks, volumes, images
)

// HasItems reports whether jobs of this kind have items.
func (k JobKind) HasItems() bool { return k == JobContainers || k == JobRemove || k == "" }

// JobState is how far a job is.
type JobState string

// A job is running until it is done, failed or cancelled. Of a job with items,
// done says that everything was tried, not that all of it worked.
const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Job is something that takes its time, which the server does to the end,
// whoever watches. Topic "jobs" carries it.
type Job struct {
	ID   string  `json:"id"`
	Kind JobKind `json:"kind"`
	// Subject is what the job is about, for people: an image's reference, the
	// kinds of things that are pruned, "3 images"; empty for kind containers.
	Subject string `json:"subject"`
	// Platform is what was asked for with the image, if anything was.
	Platform string `json:"platform,omitempty"`
	// Engine is the engine's id, empty where items say it.
	Engine string `json:"engine"`
	// Action and Options are those of a job with items, absent and empty in others;
	// of kind remove, the action is remove.
	Action  Action        `json:"action,omitempty"`
	Options ActionOptions `json:"options"`
	// Project is the Compose project that was asked for, empty where containers
	// were chosen one by one.
	Project string `json:"project"`
	// By says who asked, and from which client.
	By        Actor      `json:"by"`
	State     JobState   `json:"state"`
	StartedAt time.Time  `json:"startedAt"`
	EndedAt   *time.Time `json:"endedAt"`
	// Items are the containers and other things, in the order in which they are
	// begun.
	Items []JobItem `json:"items"`
	// Next is how many items were begun; Running are the positions of those among
	// them that have not ended. What was begun, is not running and is not in
	// Failures has succeeded.
	Next     int          `json:"next"`
	Running  []int        `json:"running"`
	Failures []JobFailure `json:"failures"`
	// Gone are the positions of items that were to be removed and were not there any
	// more: they count as done.
	Gone []int `json:"gone,omitempty"`
	// Progress is how far a job of one thing is, null before anything is known,
	// and stays as it was at the end.
	Progress *JobProgress `json:"progress"`
	// Error is why a job of one thing failed.
	Error *JobError `json:"error"`
	// Result is what a job of one thing has come to, null until it is done; of a prune
	// that was broken off it is what went until then.
	Result *JobResult `json:"result"`
}

// JobPhase is what is being done, to a layer or altogether.
type JobPhase string

// The phases. A layer goes from waiting to done, or is there already (exists);
// a retry may throw it back.
const (
	PhasePreparing   JobPhase = "preparing"   // nothing moves yet
	PhaseWaiting     JobPhase = "waiting"     // for others to have been worked through
	PhaseDownloading JobPhase = "downloading" // from a registry
	PhaseVerifying   JobPhase = "verifying"
	PhaseDownloaded  JobPhase = "downloaded" // and not unpacked yet
	PhaseExtracting  JobPhase = "extracting"
	PhasePushing     JobPhase = "pushing" // to a registry
	PhaseSaving      JobPhase = "saving"  // to a file
	PhaseRemoving    JobPhase = "removing"
	PhaseRetrying    JobPhase = "retrying" // after an error, in a moment
	PhaseExists      JobPhase = "exists"   // there already, nothing to do
	PhaseDone        JobPhase = "done"
)

// JobProgress is how far a job of one thing is. It changes at most four times a
// second.
type JobProgress struct {
	Phase JobPhase `json:"phase"`
	// Fraction is the bar, from 0 to 1, for all there is to do, which is to move the
	// bytes and for a pull to unpack them: it never falls,
	// also where more to do becomes known; then it stands until that is made up
	// for. It is 1 once the job is done, and not before. Null where it can't be
	// told how much there is to do.
	Fraction *float64 `json:"fraction"`
	// CurrentBytes of TotalBytes have been moved; neither falls while the job runs,
	// and TotalBytes grows while more becomes known. Null while nothing is. What is there already
	// is in neither.
	CurrentBytes int64  `json:"currentBytes"`
	TotalBytes   *int64 `json:"totalBytes"`
	// BytesPerSecond is the mean of the last five seconds, null where nothing has
	// moved yet or nothing more is to be moved.
	BytesPerSecond *int64 `json:"bytesPerSecond"`
	// ETASeconds is how long the rest takes to move at this rate, or once all has
	// been moved, to unpack; null in the first two seconds, and while nothing moves.
	ETASeconds *float64 `json:"etaSeconds"`
	// Layers are an image's, in the order in which the engine named them; at most
	// MaxJobLayers.
	Layers []JobLayer `json:"layers"`
}

// JobLayer is one layer of an image under way.
type JobLayer struct {
	// ID is the engine's short one.
	ID    string   `json:"id"`
	Phase JobPhase `json:"phase"`
	// CurrentBytes of TotalBytes are moved, or while it is extracted, unpacked. A
	// retry may begin again from 0. TotalBytes is null while it is not known.
	CurrentBytes int64  `json:"currentBytes"`
	TotalBytes   *int64 `json:"totalBytes"`
}

// JobError is why a job failed.
type JobError struct {
	Code ErrorCode `json:"code"`
	// Message is a sentence that says what to do, Engine the engine's or the
	// registry's own words in full.
	Message string `json:"message"`
	Engine  string `json:"engine"`
}

// JobResult is what a job has come to.
type JobResult struct {
	// Message is a sentence: "Downloaded newer image for alpine:3.20."
	Message string `json:"message"`
	// Digest is what the registry calls the image that was pulled or pushed.
	Digest string `json:"digest,omitempty"`
	// Bytes were written (save) or freed (prune).
	Bytes *int64 `json:"bytes,omitempty"`
	// Pruned says what went, by kind.
	Pruned []Pruned `json:"pruned,omitempty"`
}

// JobItem is one container or other thing of a job, by the name it had when the
// job began.
type JobItem struct {
	Key  Key    `json:"key"`
	Name string `json:"name"`
	// Kind is "networks", "volumes" or "images" for a thing that is removed; absent
	// for containers.
	Kind Topic `json:"kind,omitempty"`
}

// JobFailure is why one item failed.
type JobFailure struct {
	Item int       `json:"item"`
	Code ErrorCode `json:"code"`
	// Message is a sentence that says what to do, Engine the engine's own words,
	// where it said any.
	Message string `json:"message"`
	Engine  string `json:"engine,omitempty"`
}

// Words are the sentence, and the engine's own words behind it where they say
// more: for a line of text.
func (f JobFailure) Words() string {
	if f.Engine == "" || strings.Contains(f.Message, f.Engine) {
		return f.Message
	}
	return f.Message + " (" + strings.TrimRight(f.Engine, ". \n") + ")"
}

// JobThing names one thing that a job removes.
type JobThing struct {
	// Kind is containers, networks, volumes or images.
	Kind Topic `json:"kind"`
	// ID is an id, a name or ENGINE/ID. An image goes with all its tags; named by
	// one of them, it loses that one, and goes with its last.
	ID string `json:"id"`
}

// JobRequest is the body of POST /api/v1/jobs. Kind containers (and none) is an
// action on containers (by id, name or ENGINE/ID), or on all of a Compose
// project; remove is of Things; pull and push are of an image; prune is of what
// Prune says.
type JobRequest struct {
	Kind       JobKind       `json:"kind,omitempty"`
	Action     Action        `json:"action,omitempty"`
	Options    ActionOptions `json:"options"`
	Containers []string      `json:"containers,omitempty"`
	Project    string        `json:"project,omitempty"`
	// Things are what goes, for remove; of Options, force and volumes count.
	Things []JobThing `json:"things,omitempty"`
	// Engine is the engine's id; it may be left out where there is but one. Of a
	// project, only what that engine has is acted on.
	Engine string `json:"engine,omitempty"`
	// Subject is the image to pull or push, as the docker command takes it:
	// "alpine", "registry.example:5000/team/app:1.2", "alpine@sha256:…".
	Subject string `json:"subject,omitempty"`
	// Platform is os/architecture[/variant], for pull, and for push to engines that
	// know it (API 1.46).
	Platform string `json:"platform,omitempty"`
	// Credentials are for the registry. Without any, those that the docker command
	// has on the machine of the server are used.
	Credentials *RegistryCredentials `json:"credentials,omitempty"`
	// Prune is what goes, for prune.
	Prune *PruneOptions `json:"prune,omitempty"`
}

// RegistryCredentials are typed in by a user. They are held in memory for as
// long as their job needs them, and are in no log and no answer.
type RegistryCredentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// LogValue keeps the password out of logs.
func (RegistryCredentials) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// String keeps the password out of messages.
func (RegistryCredentials) String() string { return "(hidden)" }

// GoString keeps the password out of messages.
func (RegistryCredentials) GoString() string { return "(hidden)" }

// PruneKind is a kind of things that can be left over.
type PruneKind string

// What can be pruned.
const (
	PruneContainers PruneKind = "containers" // that don't run
	PruneNetworks   PruneKind = "networks"   // that no container uses
	PruneVolumes    PruneKind = "volumes"    // that no container uses
	PruneImages     PruneKind = "images"     // that no container uses
	PruneBuildCache PruneKind = "buildCache" // that no build uses
)

// PruneOptions say what is pruned.
type PruneOptions struct {
	Kinds []PruneKind `json:"kinds"`
	// AllImages takes images with a tag too, AllVolumes volumes with a name,
	// AllCache what builds may still use.
	AllImages  bool `json:"allImages,omitempty"`
	AllVolumes bool `json:"allVolumes,omitempty"`
	AllCache   bool `json:"allCache,omitempty"`
}

// PrunePlan is what would go now.
type PrunePlan struct {
	Engine string      `json:"engine"`
	Items  []PruneItem `json:"items"`
	Totals []Pruned    `json:"totals"`
	// Bytes is how much it frees, by the last measurement.
	Bytes int64 `json:"bytes"`
	// Complete is false where it may be more: some sizes are not known, or several
	// images go that may share layers with nothing but each other.
	Complete bool `json:"complete"`
}

// PruneItem is one thing that would go.
type PruneItem struct {
	Kind PruneKind `json:"kind"`
	ID   string    `json:"id"`
	// Name is for people: a tag, a name, what a cache entry is of.
	Name string `json:"name"`
	// SizeBytes is what goes with it and is nobody else's; null if not known.
	SizeBytes *int64     `json:"sizeBytes"`
	CreatedAt *time.Time `json:"createdAt"`
}

// Pruned is how much of a kind goes or went.
type Pruned struct {
	Kind  PruneKind `json:"kind"`
	Count int       `json:"count"`
	Bytes int64     `json:"bytes"`
}

// Bounds of a job.
const (
	// MaxJobItems bounds Job.Items.
	MaxJobItems = 10_000
	// MaxJobLayers bounds JobProgress.Layers; no engine can stack as many.
	MaxJobLayers = 256
)

// Actor is who asked Quaywatch for something.
type Actor struct {
	// Name is the sign-in's: a token's name, "password", "launch".
	Name string `json:"name"`
	// Client is Hello.Client.ID of the page that asked, empty for others.
	Client string `json:"client"`
}
