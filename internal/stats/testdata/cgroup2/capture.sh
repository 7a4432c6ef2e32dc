#!/bin/sh
# Runs as init of a User Mode Linux kernel; see README.md beside the tree.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
mount -t cgroup2 none /sys/fs/cgroup
mount -t ext4 /dev/ubda /mnt
A=3f1c0a5e9b7d4c2e8a6f0b1d2c3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4
B=9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b
cd /sys/fs/cgroup
echo "+cpu +io +memory +pids" > cgroup.subtree_control
mkdir docker system.slice
echo "+cpu +io +memory +pids" > docker/cgroup.subtree_control
echo "+cpu +io +memory +pids" > system.slice/cgroup.subtree_control
mkdir docker/$A system.slice/docker-$B.scope
cga=docker/$A; cgb=system.slice/docker-$B.scope
echo "20000 100000" > $cga/cpu.max
echo 67108864 > $cga/memory.max
sh -c "echo \$\$ > /sys/fs/cgroup/$cgb/cgroup.procs; exec sleep 1000" &
# a busy loop, throttled to a fifth of a core
sh -c "echo \$\$ > /sys/fs/cgroup/$cga/cgroup.procs; while :; do :; done" &
# a process that wants more than the limit and is killed
sh -c "echo \$\$ > /sys/fs/cgroup/$cga/cgroup.procs; echo 1000 > /proc/self/oom_score_adj; exec dd if=/dev/zero of=/dev/null bs=90M count=1" 
# 8 MiB written straight to the disk, 16 MiB written through the cache, 8 MiB read
sh -c "echo \$\$ > /sys/fs/cgroup/$cga/cgroup.procs; dd if=/dev/zero of=/mnt/direct bs=1M count=8 oflag=direct; dd if=/dev/zero of=/mnt/cached bs=1M count=16 conv=fsync; dd if=/mnt/direct of=/dev/null bs=1M iflag=direct"
sleep 1
snap() {
  mkdir -p /out/$1
  for g in $cga $cgb; do
    mkdir -p /out/$1/$g
    for f in $g/*; do [ -r $f ] && cat $f > /out/$1/$f 2>/dev/null; done
  done
  for f in cgroup.controllers cpu.stat memory.stat io.stat cgroup.procs; do cat $f > /out/$1/$f; done
  cat /proc/uptime > /out/$1/uptime
}
snap t0
sh -c "echo \$\$ > /sys/fs/cgroup/$cga/cgroup.procs; dd if=/dev/zero of=/mnt/direct2 bs=1M count=4 oflag=direct"
sleep 2
snap t1
uname -r > /out/uname
cat /proc/1/cgroup > /out/proc-1-cgroup
cat /proc/1/mountinfo > /out/mountinfo
cat /proc/meminfo > /out/meminfo
for p in $(cat $cga/cgroup.procs); do cat /proc/$p/cgroup > /out/proc-a-cgroup; done
for p in $(cat $cgb/cgroup.procs); do cat /proc/$p/cgroup > /out/proc-b-cgroup; done
sync; poweroff -f
